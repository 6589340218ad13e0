package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.spool.HangingDisk;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first result of an item wins, and the answers agree about which that is, while the store comes and goes. */
class FirstResultTest extends EngineFixture {
    private final CapturedLog log = new CapturedLog(ResultSpool.class.getName(), Level.WARN);

    @BeforeEach
    void openStore() {
        start();
        store.counts();
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private AcceptResult accept(String code) {
        return engine.inbox().accept("t1", code);
    }

    private void assertHandled(String code) {
        run(Duration.ofSeconds(30));
        assertThat(handled).extracting(LateResult::getCode).containsExactly(code);
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(spool.load().files()).isZero();
    }

    @Test
    void listenersReceiveEachDuplicateOfStoreAndSpool() {
        List<String> heard = new CopyOnWriteArrayList<>();
        listeners.add(new LateListener() {
            @Override
            public void onTransition(String id, LateKind kind, LateState from, LateState to, LateOutcome outcome) {}

            @Override
            public void onDuplicate(String id, LateKind kind, LateOutcome outcome) {
                heard.add(id + " " + kind + " " + outcome);
            }
        });
        accept("a");
        accept("a");
        database.setDown(true);
        accept("a");
        accept("a");

        assertThat(heard).containsExactly("t1 TASK COMPLETED", "t1 TASK COMPLETED");
    }

    @Test
    void resultsCanBeKeptWhileTheStoreOrTheSpoolHasRoom() {
        assertThat(engine.canKeepResults()).isTrue();
        database.setDown(true);
        engine.pollOnce();
        assertThat(engine.canKeepResults()).isTrue();
        for (int i = 0; i < 100; i++) {
            engine.inbox().accept("task-" + i, "x");
        }
        assertThat(engine.canKeepResults()).isFalse();
        database.setDown(false);
        engine.pollOnce();
        assertThat(engine.canKeepResults()).isTrue();
    }

    @Test
    void resultsCannotBeKeptWhileTheStoreIsDownAndTheDiskRefusesThem() {
        engine.close(Duration.ZERO);
        AtomicBoolean full = new AtomicBoolean();
        Path disk = HangingDisk.of(directory.resolve("full"));
        HangingDisk.failWhile(disk, full::get);
        spool = new SpoolDirectory(disk, 100, 1 << 20, results, clock);
        start();
        database.setDown(true);
        engine.pollOnce();

        full.set(true);
        assertThat(accept("a")).isEqualTo(AcceptResult.REFUSED);
        assertThat(engine.canKeepResults()).isFalse();
        full.set(false);
        assertThat(accept("a")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(engine.canKeepResults()).isTrue();
        full.set(true);
        assertThat(engine.inbox().accept("t2", "a")).isEqualTo(AcceptResult.REFUSED);
        assertThat(engine.canKeepResults()).isFalse();
        clock.advance(Duration.ofMinutes(2));
        assertThat(engine.canKeepResults())
                .as("who is not ready gets no callback that could show that the disk has room again")
                .isTrue();
    }

    @Test
    void aRepeatOfTheStoredResultIsADuplicateThoughALaterOneIsSpooled() {
        assertThat(accept("a")).isEqualTo(AcceptResult.STORED);
        assertThat(accept("a")).isEqualTo(AcceptResult.DUPLICATE);
        database.setDown(true);
        assertThat(accept("b")).isEqualTo(AcceptResult.SPOOLED);
        database.setDown(false);

        assertThat(accept("a")).isEqualTo(AcceptResult.DUPLICATE);
        assertThat(accept("b")).isEqualTo(AcceptResult.DIFFERENT);

        assertHandled("a");
    }

    @Test
    void aSpooledResultIsNotCalledTheFirstWhileTheStoreMayHaveAnother() {
        assertThat(accept("a")).isEqualTo(AcceptResult.STORED);
        database.setDown(true);

        assertThat(accept("b")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(accept("b")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(accept("a")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(spool.load().files()).isEqualTo(1);
        database.setDown(false);

        assertThat(accept("b")).isEqualTo(AcceptResult.DIFFERENT);
        assertThat(accept("a")).isEqualTo(AcceptResult.DUPLICATE);
        assertHandled("a");
    }

    @Test
    void aSpooledResultThatTheStoreHasNothingBeforeIsTheFirst() {
        database.setDown(true);
        assertThat(accept("b")).isEqualTo(AcceptResult.SPOOLED);
        database.setDown(false);

        assertThat(accept("a")).isEqualTo(AcceptResult.DIFFERENT);
        assertThat(accept("b")).isEqualTo(AcceptResult.DUPLICATE);

        assertHandled("b");
    }

    @Test
    void aSecondDifferentResultOfAnOutageIsAWarningAndChangesNothing() {
        database.setDown(true);
        accept("b");
        assertThat(log.lines()).hasSize(1);

        assertThat(accept("a").isAcknowledged()).isTrue();

        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN A result was acknowledged and changes nothing")
                .contains("id=t1");
        assertThat(count(LateCounter.DIFFERENT)).isEqualTo(1);
        database.setDown(false);
        assertHandled("b");
    }

    @Test
    void aSpooledPollResultComesBeforeALaterCallback() {
        engine.inbox().track("t1");
        service = id -> {
            database.setDown(true);
            return Poll.ready("polled");
        };
        run(Duration.ofMinutes(3));
        assertThat(spool.find("t1")).isPresent();
        database.setDown(false);

        assertThat(accept("a")).isEqualTo(AcceptResult.DIFFERENT);

        assertHandled("polled");
    }

    @Test
    void aSpooledResultPastTheLimitOfUntrackedIdsStaysTheFirst() {
        engine.close();
        engine = build(config().maxUntracked(0), Runnable::run).spool(spool).build();
        assertThat(accept("b")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(accept("b")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(accept("a")).isEqualTo(AcceptResult.SPOOLED);
        engine.inbox().track("t1");

        assertThat(accept("a")).isEqualTo(AcceptResult.DIFFERENT);

        assertHandled("b");
    }

    @Test
    void aSpooledFailOpenRecordIsNotReplacedByACallbackWithItsId() {
        database.setDown(true);
        String id = track("token", false);

        assertThat(engine.inbox().accept(id, "a").isAcknowledged()).isTrue();
        database.setDown(false);
        run(Duration.ofSeconds(60));

        assertThat(handled).extracting(LateResult::getKind).containsExactly(LateKind.LATE_VERDICT);
        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.VERIFIED);
    }

    @Test
    void aSpooledFileThatCannotBeReadIsNeitherReplacedNorOvertaken() throws IOException {
        database.setDown(true);
        accept("b");
        database.setDown(false);
        Path file = directory.resolve("spool").resolve(Ids.key("t1") + ".json");
        Path aside = directory.resolve("aside");
        Files.move(file, aside);
        // A loop is an error to read, also for root, and can be replaced, unlike a directory.
        Files.createSymbolicLink(file, file.getFileName());

        assertThat(accept("a")).isEqualTo(AcceptResult.REFUSED);

        Files.delete(file);
        Files.move(aside, file);
        run(Duration.ofMinutes(2));
        assertHandled("b");
    }
}
