package com.playtcha.jakarta.internal.late.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.PlaytchaCommand;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The command in its own process, with and without a running application. */
class LateCommandProcessTest {
    private static final String HOSTILE = AdminService.printed(AdminFixture.HOSTILE);

    @TempDir
    Path directory;

    private LateDirectory lateDir;
    private Process application;
    private Path output;

    @BeforeEach
    void makeFolder() {
        lateDir = new LateDirectory(directory.resolve("late"));
        lateDir.probe(false);
    }

    @AfterEach
    void endApplication() throws Exception {
        if (application != null) {
            application.destroyForcibly().waitFor();
        }
    }

    private void start(String... ids) throws IOException {
        output = directory.resolve("application.out");
        List<String> command = new ArrayList<>(List.of(
                Processes.java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Processes.classPath(Processes.forCommand(AdminApp.class)),
                AdminApp.class.getName(),
                lateDir.directory().toString()));
        command.addAll(List.of(ids));
        application = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(directory.resolve("application.err").toFile())
                .start();
        awaitOutput("RETRYING ", ids.length);
        // What took a busy machine's store too long lies in the spool as well, until it is drained.
        await().atMost(60, TimeUnit.SECONDS).until(() -> files(lateDir.spool()).isEmpty());
    }

    private void awaitOutput(String beginning, int times) {
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> Files.readString(output, UTF_8)
                                .lines()
                                .filter(line -> line.startsWith(beginning))
                                .count()
                        >= times);
    }

    private Processes.Ended command(String... arguments) throws Exception {
        return commandOn(Processes.classPath(Processes.forCommand()), arguments);
    }

    private Processes.Ended commandOn(String classPath, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Processes.java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                PlaytchaCommand.class.getName(),
                "late",
                "--late-dir",
                lateDir.directory().toString()));
        command.addAll(List.of(arguments));
        return Processes.run(directory, command.toArray(new String[0]));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void aRunningApplicationServesTheCommand() throws Exception {
        start("t1", "t2", HOSTILE);

        Processes.Ended listed = command("list");
        assertThat(listed.err()).isEmpty();
        assertThat(listed.status()).isZero();
        assertThat(listed.out())
                .contains("mail is down for t1", HOSTILE, "3 retrying, 0 dead letters, 0 spooled")
                .matches("[ -~\n]*");

        Processes.Ended shown = command("show", "t2", "--result");
        assertThat(shown.out()).contains("id: t2", "result.code: code 2");

        assertThat(command("discard", HOSTILE).out()).isEqualTo("Discarded: " + HOSTILE + "\n");
        Processes.Ended again = command("discard", HOSTILE);
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err())
                .isEqualTo("There is no dead letter and no spooled item with this id: " + HOSTILE
                        + " (it is DISCARDED)\n");

        Files.createFile(lateDir.directory().resolve("healthy"));
        assertThat(command("retry", "t1").out()).isEqualTo("Due now: t1\n");
        awaitOutput("handled t1", 1);
        assertThat(command("retry", "--all").out()).isEqualTo("Due now: 1 item\n");
        awaitOutput("handled t2", 1);
        assertThat(command("list").out()).isEqualTo("0 retrying, 0 dead letters, 0 spooled\n");
        assertThat(files(lateDir.requests())).isEmpty();
    }

    @Test
    void theCommandOpensTheStoreOfAKilledApplication() throws Exception {
        start("t1");
        application.destroyForcibly().waitFor();

        Processes.Ended listed = command("list", "--json");

        assertThat(listed.status()).isZero();
        assertThat(listed.out().lines()).singleElement().asString().startsWith("{\"id\":\"t1\"");
        assertThat(listed.err()).isEmpty();
    }

    @Test
    void anUnansweredRequestIsWithdrawn() throws Exception {
        try (Closeable hold = lateDir.tryLock().orElseThrow()) {
            assertThat(hold).isNotNull();
            // A new version in the same server, which must not release the lock when it finds it taken.
            assertThat(new LateDirectory(lateDir.directory().resolve("../late")).tryLock())
                    .isEmpty();
            Processes.Ended ended = command("discard", "t1");

            assertThat(ended.status()).isEqualTo(3);
            assertThat(ended.err()).contains("did not answer within 5 s, so the request was withdrawn");
            assertThat(files(lateDir.requests())).isEmpty();
        }
    }

    @Test
    void aDatabaseThatAnotherProcessHasOpenIsReported() throws Exception {
        try (EmbeddedH2 h2 = EmbeddedH2.in(lateDir.store(), null);
                Connection connection = h2.getConnection()) {
            assertThat(connection.isClosed()).isFalse();

            Processes.Ended ended = command("list");

            assertThat(ended.status()).isEqualTo(3);
            assertThat(ended.err()).contains("The store could not be opened", "90020");
        }
    }

    @Test
    void aMissingJarIsReported() throws Exception {
        Processes.Ended ended = commandOn(Processes.classPath(), "list");

        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains("jakarta", "-cp \"app/WEB-INF/lib/*\"");
        assertThat(ended.err().lines()).hasSize(1);
    }

    @Test
    void aLoggerDoesNotWriteBetweenTheLinesOfJson() throws Exception {
        Files.writeString(lateDir.spool().resolve("0".repeat(64) + ".json"), "{");
        String withLogback = Processes.classPath(
                Processes.forCommand(ch.qos.logback.classic.LoggerContext.class, ch.qos.logback.core.Context.class));

        Processes.Ended ended = commandOn(withLogback, "list", "--json");

        assertThat(ended.status()).isZero();
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("A spooled file is damaged");
    }

    /** The application could not read or rewrite files of another user. */
    @Test
    @EnabledIfSystemProperty(named = "user.name", matches = "root")
    void anotherUserThanTheApplicationsIsRefused() throws Exception {
        Files.setOwner(
                lateDir.requests(),
                lateDir.directory()
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("nobody"));

        Processes.Ended ended = command("list");

        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err())
                .startsWith("This command runs as root, but " + lateDir.requests() + " belongs to nobody.");
        assertThat(lateDir.directory().resolve("running.lock")).doesNotExist();
    }
}
