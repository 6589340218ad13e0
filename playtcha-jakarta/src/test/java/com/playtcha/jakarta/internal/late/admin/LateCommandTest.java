package com.playtcha.jakarta.internal.late.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.late.LateState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command, where no application runs on the directory. */
class LateCommandTest extends AdminFixture {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("--late-dir", lateDir.directory().toString()));
        all.addAll(List.of(arguments));
        return runBare(all.toArray(new String[0]));
    }

    private int runBare(String... arguments) {
        out.reset();
        err.reset();
        return new LateCommand(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), clock)
                .run(arguments);
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }

    /** Closes the database, as the end of the application's process does. */
    private void endApplication() {
        h2.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--late-dir . purge | 'The command must be list, show, retry or discard, not purge'",
                "--late-dir . retry-all | 'The command must be list, show, retry or discard, not retry-all'",
                "--late-dir . | 'The command must be list, show, retry or discard'",
                "list | --late-dir is missing: pass the application's setting late-dir",
                "--late-dir /nowhere/at/all list | --late-dir names no existing directory: /nowhere/at/all",
                "--late-dir | --late-dir needs a value",
                "--late-dir= list | --late-dir needs a value",
                "--late-dir . --frob list | Unknown option: --frob",
                "--late-dir . list t1 | list takes no id",
                "--late-dir . retry --all t1 | retry takes no id",
                "--late-dir . retry | 'retry takes exactly one id, in quotes where it has blanks'",
                "--late-dir . show a b | 'show takes exactly one id, in quotes where it has blanks'",
                "--late-dir . discard a\\b | The id is not as it is printed: a backslash is written \\u005c"
            })
    void wrongUsageIsExplained(String arguments, String problem) {
        assertThat(runBare(arguments.trim().split(" "))).isEqualTo(2);
        assertThat(err().lines()).containsExactly(problem, "Run it with --help for the usage.");
        assertThat(out()).isEmpty();
    }

    @Test
    void helpIsNoError() {
        assertThat(runBare("--help")).isZero();
        assertThat(out()).startsWith("Usage: java -cp").contains("discard ID", "3 where nothing");
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
                .matches("t1 +TASK +DEAD_LETTER +COMPLETED +1 +0s +in [456]m\\S*"
                        + " +java.lang.IllegalStateException: mail is down");
        assertThat(lines.get(3)).isEqualTo("1 dead letter, 1 spooled");
        assertThat(run("list")).isZero();
        assertThat(err()).contains("*.damaged: 1.");
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
        assertThat(out())
                .contains("id: t1", "failures: 1", "result.outcome: COMPLETED")
                .doesNotContain("the code");
        assertThat(run("show", "t1", "--result")).isZero();
        assertThat(out()).contains("result.code: the code");
        assertThat(run("show", "--json", "t1")).isZero();
        assertThat(out()).startsWith("{\"id\":\"t1\"").contains("\"result\":{");

        assertThat(run("retry", "t1")).isZero();
        assertThat(out().lines()).containsExactly("Due now: t1");
        assertThat(err()).contains("No application runs on this directory");
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
        assertThat(engine.inbox().find("t1").orElseThrow().state()).isEqualTo(LateState.DELIVERED);
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
        assertThat(run("show", id)).isZero();
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
    void aDirectoryWithoutLateResultsIsReported() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThat(runBare("--late-dir", empty.toString(), "list")).isEqualTo(3);

        assertThat(err()).startsWith("There are no late results in " + empty);
        try (Stream<Path> files = Files.list(empty)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("running.lock");
        }
        assertThat(Files.getPosixFilePermissions(empty.resolve("running.lock")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
}
