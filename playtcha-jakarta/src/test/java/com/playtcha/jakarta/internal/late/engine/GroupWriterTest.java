package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GroupWriterTest {

    private static GroupWriter<String, String> writer() {
        return new GroupWriter<>(1, 10, Function.identity(), group -> group);
    }

    @Test
    void anEntryFailsAtOnceWhereNoThreadIsFreeAndNoneIsWriting() {
        CompletableFuture<String> entry = writer().add("a", task -> {
            throw new RejectedExecutionException();
        });

        assertThatThrownBy(entry::join).hasCauseInstanceOf(StoreException.class);
    }

    @Test
    void theNextEntryIsWrittenAfterOneThatFoundNoThread() {
        GroupWriter<String, String> writer = writer();
        writer.add("a", task -> {
            throw new OutOfMemoryError("unable to create native thread");
        });

        assertThat(writer.add("b", Runnable::run)).isCompletedWithValue("b");
    }

    @Test
    void whatIsAddedWhileAnotherWaitsForItsThreadIsWrittenWithIt() {
        Queue<Runnable> threads = new ArrayDeque<>();
        GroupWriter<String, String> writer = writer();
        List<CompletableFuture<String>> entries = List.of(writer.add("a", threads::add), writer.add("b", task -> {
            throw new AssertionError("one writer is enough");
        }));
        assertThat(entries).noneMatch(CompletableFuture::isDone);

        threads.remove().run();

        assertThat(entries).allMatch(CompletableFuture::isDone);
    }
}
