package com.playtcha.jakarta.internal.late.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.late.GiveUp;
import com.playtcha.jakarta.late.LateState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The command, where no application runs on the directory. */
class LateCommandTest extends AdminFixture {
    private AdminResponse response;

    private int run(String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("--late-dir", lateDir.directory().toString()));
        all.addAll(List.of(arguments));
        response = LateCommand.run(clock, all.toArray(new String[0]));
        return response.status();
    }

    private String out() {
        return response.out();
    }

    private String err() {
        return response.err();
    }

    /** Closes the database, as the end of the application's process does. */
    private void endApplication() {
        h2.close();
    }

    @Test
    void aListIsATableOfSpoolAndStore() throws Exception {
        makeDeadLetter("t1", "x");
        spool("t2", "x");
        Files.writeString(lateDir.spool().resolve("0".repeat(64) + ".json"), "{");
        endApplication();

        assertThat(run("list")).isZero();

        List<String> lines = out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).matches("ID +KIND +STATE +OUTCOME +FAILURES +AGE +DUE +LAST ERROR");
        assertThat(lines.get(1)).matches("t2 +TASK +SPOOLED +COMPLETED +- +0s +now +the store was down");
        assertThat(lines.get(2))
                .matches("t1 +TASK +RETRYING +COMPLETED +1 +0s +in [456]m\\S*"
                        + " +java.lang.IllegalStateException: mail is down");
        assertThat(lines.get(3)).isEqualTo("1 retrying, 0 dead letters, 1 spooled");
        assertThat(run("list")).isZero();
        assertThat(err()).contains("*.damaged: 1.");
    }

    @Test
    void aListSaysOnlyWhatIsKnown() throws Exception {
        handler = (result, delivery) -> {
            throw new GiveUp("no such account");
        };
        makeDeadLetter("t1", "x");
        spool("t2", "x");
        endApplication();

        assertThat(run("list")).isZero();
        assertThat(out().lines().toList().get(2))
                .as("a dead letter is not due")
                .contains("DEAD_LETTER")
                .contains(" -  ");
        assertThat(run("show", "t1")).isZero();
        assertThat(out()).contains("tracked: false");
        assertThat(run("show", "t2")).as("the spool does not know").isZero();
        assertThat(out()).doesNotContain("tracked");
    }

    @Test
    void jsonHasOneObjectALine() throws Exception {
        makeDeadLetter("t1", "x");
        makeDeadLetter(HOSTILE, "x");
        endApplication();

        assertThat(run("list", "--json")).isZero();

        assertThat(out().lines()).hasSize(2);
        assertThat(out().replace("\n", "")).matches("[ -~]*");
        for (String line : out().lines().toList()) {
            assertThat(texts.read(line.getBytes(UTF_8))).containsKeys("id", "state", "where", "last_error");
        }
    }

    @Test
    void anItemIsShownRetriedAndDiscarded() {
        makeDeadLetter("t1", "the code");
        endApplication();

        assertThat(run("show", "t1")).isZero();
        assertThat(out()).contains("id: t1").doesNotContain("the code");
        assertThat(run("show", "--json", "--result", "t1")).isZero();
        assertThat(out()).startsWith("{\"id\":\"t1\"").contains("\"code\":\"the code\"");

        assertThat(run("retry", "t1")).isZero();
        assertThat(out().lines()).containsExactly("Due now: t1");
        assertThat(run("list")).isZero();
        assertThat(out()).containsPattern("0s +now ");

        assertThat(run("discard", "t1")).isZero();
        assertThat(out().lines()).containsExactly("Discarded: t1");
        assertThat(run("discard", "t1")).isEqualTo(1);
        assertThat(err().lines())
                .containsExactly("There is no dead letter and no spooled item with this id: t1 (it is DISCARDED)");
        assertThat(out()).isEmpty();
    }

    @Test
    void aDiscardWithoutTheApplicationIsRememberedForAsLongAsItsSettingsMaySay() {
        makeDeadLetter("t1", "the code");
        endApplication();
        assertThat(run("discard", "t1")).isZero();

        Instant later = clock.instant().plus(Duration.ofDays(3000));
        try (EmbeddedH2 reopened = EmbeddedH2.in(lateDir.store(), null);
                LateStore store = JdbcStores.withLeaseClock(JdbcStores.dataSource(reopened), texts, clock)) {
            store.purge(later, 1000);

            assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.DISCARDED);
        }
    }

    @Test
    void whatCannotReachTheStoreChangesNothing() throws Exception {
        spool("t1", "x");
        endApplication();
        try (Stream<Path> files = Files.walk(lateDir.store()).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }

        for (String command : List.of("retry", "discard")) {
            assertThat(run(command, "--all", "--older-than", "0s")).isEqualTo(3);
            assertThat(err()).contains("Nothing was changed", "while the application runs");
        }
        assertThat(run("list")).isZero();
        assertThat(out()).contains("1 spooled");
    }

    @Test
    void theCommandCallsNoHandler() {
        makeDeadLetter("t1", "x");
        List<String> called = new ArrayList<>();
        handler = (result, delivery) -> called.add(result.getId());
        endApplication();

        assertThat(run("retry", "--all")).isZero();

        assertThat(out().lines()).containsExactly("Due now: 1 item");
        assertThat(called).isEmpty();
        engine.pollOnce();
        assertThat(called).containsExactly("t1");
        assertThat(engine.inbox().find("t1").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void anIdWithEscapesIsPrintedEscapedAndCanBePassedBack() {
        handler = (result, delivery) -> {
            throw new IllegalStateException(HOSTILE);
        };
        makeDeadLetter(HOSTILE, "x");
        endApplication();

        assertThat(run("list")).isZero();
        assertThat(out().replace("\n", "")).matches("[ -~]*");
        String id = out().lines().toList().get(1).split(" ")[0];
        assertThat(run("show", "--result", id)).isZero();
        assertThat(out().replace("\n", "")).matches("[ -~]*");
        assertThat(run("discard", "\u001b[31m")).isEqualTo(1);
        assertThat(err()).doesNotContain("\u001b").contains("\\u001b[31m");
        assertThat(run("discard", id)).isZero();
    }

    @Test
    void anIdThatLooksLikeAnOptionFollowsTwoDashes() {
        makeDeadLetter("--json", "x");
        endApplication();

        assertThat(run("discard", "--", "--json")).isZero();
    }

    @Test
    void aDiscardWithoutADatabaseIsSpooledAndARetryIsNotPossible() throws Exception {
        endApplication();
        Files.move(lateDir.store(), directory.resolve("other"));

        assertThat(run("list")).isZero();
        assertThat(err()).contains("The store could not be read");
        assertThat(run("retry", "t1")).isEqualTo(3);
        assertThat(err()).contains("late-dir holds no embedded database");
        assertThat(run("discard", "t1")).isZero();
        assertThat(lateDir.spool())
                .isDirectoryContaining(file -> file.toString().endsWith(".discarded"));
    }

    @Test
    void whatIsWrongWithTheDisksAnswerIsSaid() throws Exception {
        endApplication();
        Files.createDirectory(lateDir.directory().resolve("running.lock"));

        assertThat(run("list")).isEqualTo(3);

        assertThat(err())
                .startsWith("The directory " + lateDir.directory() + " cannot be used: ")
                .contains("running.lock: Is a directory", "has room");
    }

    @Test
    void aDirectoryWithoutLateResultsIsReported() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        response = LateCommand.run(clock, "--late-dir", empty.toString(), "list");

        assertThat(response.status()).isEqualTo(3);
        assertThat(err()).startsWith("There are no late results in " + empty);
        try (Stream<Path> files = Files.list(empty)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("running.lock");
        }
        assertThat(Files.getPosixFilePermissions(empty.resolve("running.lock")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
}
