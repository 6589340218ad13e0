package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GroupWriterTest {

    private static GroupWriter<String, String> writer() {
        return GroupWriter.awaited(1, 10, Duration.ZERO, Function.identity(), group -> group);
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
    void theNextEntryIsWrittenAfterAWriterThatRanOutOfMemory() {
        Queue<Runnable> threads = new ArrayDeque<>();
        Queue<Error> errors = new ArrayDeque<>(List.of(new OutOfMemoryError()));
        GroupWriter<String, String> writer = GroupWriter.awaited(
                1,
                10,
                Duration.ZERO,
                id -> {
                    if (!errors.isEmpty()) {
                        throw errors.remove();
                    }
                    return id;
                },
                group -> group);
        writer.add("a", threads::add);
        assertThatThrownBy(() -> threads.remove().run()).isInstanceOf(OutOfMemoryError.class);

        CompletableFuture<String> next = writer.add("b", threads::add);

        threads.forEach(Runnable::run);
        assertThat(next).isCompletedWithValue("b");
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

    @Test
    void whatArrivesWhileAGroupIsWrittenIsTheNextGroupWithOneEntryOfEachId() {
        Queue<Runnable> threads = new ArrayDeque<>();
        List<List<String>> groups = new ArrayList<>();
        AtomicReference<GroupWriter<String, String>> writer = new AtomicReference<>();
        writer.set(GroupWriter.awaited(1, 100, Duration.ZERO, id -> id.substring(0, 1), group -> {
            if (groups.isEmpty()) {
                List.of("b1", "b2", "c1", "d1").forEach(each -> writer.get().add(each, threads::add));
            }
            groups.add(group);
            return group;
        }));
        writer.get().add("a1", threads::add);

        threads.remove().run();

        assertThat(groups).containsExactly(List.of("a1"), List.of("b1", "c1", "d1"), List.of("b2"));
        assertThat(threads).isEmpty();
    }

    @Test
    void anEntryThatFailsAloneDoesNotFailItsNeighboursAndTheRestIsNotTriedOnceTheStoreIsDown() {
        List<List<String>> groups = new ArrayList<>();
        Queue<Runnable> threads = new ArrayDeque<>();
        GroupWriter<String, String> writer = GroupWriter.awaited(1, 100, Duration.ZERO, Function.identity(), group -> {
            groups.add(group);
            if (group.size() > 1 || !group.get(0).startsWith("good")) {
                throw new StoreException("down", null);
            }
            return group;
        });
        List<CompletableFuture<String>> entries = Stream.of("bad", "good", "bad1", "bad2", "bad3", "good2")
                .map(each -> writer.add(each, threads::add))
                .toList();

        threads.remove().run();

        assertThat(entries).allMatch(CompletableFuture::isDone);
        assertThat(entries.stream().filter(each -> !each.isCompletedExceptionally()))
                .containsExactly(entries.get(1));
        assertThat(groups.subList(1, groups.size()))
                .containsExactly(List.of("bad"), List.of("good"), List.of("bad1"), List.of("bad2"), List.of("bad3"));
    }

    @Test
    void whatAGroupHasWrittenIsNotWrittenAgainWhereTheRestOfItFailed() {
        List<List<String>> groups = new ArrayList<>();
        Queue<Runnable> threads = new ArrayDeque<>();
        GroupWriter<String, String> writer = GroupWriter.awaited(1, 100, Duration.ZERO, Function.identity(), group -> {
            groups.add(group);
            return group.stream()
                    .map(each -> group.size() == 1 || each.startsWith("new") ? each : null)
                    .toList();
        });
        List<CompletableFuture<String>> entries = Stream.of("new1", "known", "new2")
                .map(each -> writer.add(each, threads::add))
                .toList();

        threads.remove().run();

        assertThat(entries).extracting(CompletableFuture::join).containsExactly("new1", "known", "new2");
        assertThat(groups).containsExactly(List.of("new1", "known", "new2"), List.of("known"));
    }

    @Test
    void theWriterWaitsForAsManyEntriesAgainBesideThoseThatCameMeanwhile() throws Exception {
        List<List<String>> groups = writtenByOneThat(Duration.ofHours(1), "d", List.of("e", "f", "g"));

        assertThat(groups).containsExactly(List.of("a"), List.of("b", "c", "d"), List.of("e", "f", "g"));
    }

    @Test
    void theWriterDoesNotWaitForLongWhereFewerEntriesCome() throws Exception {
        List<List<String>> groups = writtenByOneThat(Duration.ofNanos(1), null, List.of("e"));

        assertThat(groups).containsExactly(List.of("a"), List.of("b", "c"), List.of("e"));
    }

    @Test
    @Timeout(30)
    void whereNobodyWaitsForAnEntryTheWriterWaitsForAFullGroup() throws Exception {
        List<Integer> groups = new CopyOnWriteArrayList<>();
        GroupWriter<String, String> writer = GroupWriter.background(Duration.ofHours(1), Function.identity(), group -> {
            groups.add(group.size());
            return group;
        });
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            writer.add("first", threads).get(60, TimeUnit.SECONDS);
            List<CompletableFuture<String>> others = IntStream.range(0, 64)
                    .mapToObj(i -> writer.add("other" + i, threads))
                    .toList();
            others.get(63).get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }

        assertThat(groups).containsExactly(1, 64);
    }

    @Test
    @Timeout(30)
    void aThreadWithOtherWorkDoesNotWaitForMoreEntries() {
        GroupWriter<String, String> writer =
                GroupWriter.awaited(1, 100, Duration.ofHours(1), Function.identity(), group -> group);

        assertThat(writer.addHere("a")).isCompletedWithValue("a");
        assertThat(writer.addHere("b")).isCompletedWithValue("b");
    }

    @Test
    @Timeout(30)
    void anotherWriterHelpsWhereOneHangs() throws Exception {
        CompletableFuture<Boolean> hangs = new CompletableFuture<>();
        CompletableFuture<Boolean> ends = new CompletableFuture<>();
        GroupWriter<String, String> writer =
                GroupWriter.awaited(2, 100, Duration.ofNanos(1), Function.identity(), group -> {
                    if (group.contains("hangs")) {
                        hangs.complete(true);
                        ends.join();
                    }
                    return group;
                });
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            CompletableFuture<String> hanging = writer.add("hangs", threads);
            hangs.get(60, TimeUnit.SECONDS);
            CompletableFuture<String> other = writer.add("other", threads);
            while (!other.isDone() && !Thread.interrupted()) {
                writer.add("more", threads);
            }

            assertThat(other).isCompletedWithValue("other");
            assertThat(hanging).isNotDone();
        } finally {
            ends.complete(true);
            threads.shutdownNow();
        }
    }

    /** Returns the groups of a writer that got one entry, two others meanwhile, one afterwards, and then the last ones. */
    private static List<List<String>> writtenByOneThat(Duration lingers, @Nullable String next, List<String> last)
            throws Exception {
        List<List<String>> groups = new CopyOnWriteArrayList<>();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<Boolean> ends = new CompletableFuture<>();
        GroupWriter<String, String> writer = GroupWriter.awaited(1, 100, lingers, Function.identity(), group -> {
            groups.add(group);
            begun.complete(true);
            ends.join();
            return group;
        });
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            CompletableFuture<String> first = writer.add("a", threads);
            begun.get(60, TimeUnit.SECONDS);
            writer.add("b", threads);
            CompletableFuture<String> second = writer.add("c", threads);
            ends.complete(true);
            first.get(60, TimeUnit.SECONDS);
            if (next != null) {
                writer.add(next, threads);
            }
            second.get(60, TimeUnit.SECONDS);
            for (CompletableFuture<String> each :
                    last.stream().map(entry -> writer.add(entry, threads)).toList()) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        return groups;
    }
}
