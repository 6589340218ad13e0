package com.playtcha.jakarta.internal.late.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that come as files. */
class AdminMailboxTest extends AdminFixture {
    private static final String NAME = "0123456789abcdef0123456789abcdef";

    private AdminMailbox desk;
    private AdminFiles exchange;
    private Path request;
    private Path answer;

    @BeforeEach
    void openDesk() {
        desk = new AdminMailbox(folder, operator, texts, clock);
        exchange = new AdminFiles(texts);
        request = folder.requests().resolve(NAME + ".request");
        answer = folder.requests().resolve(NAME + ".answer");
    }

    @AfterEach
    void closeDesk() {
        desk.close();
    }

    private void ask(AdminRequest ask) throws IOException {
        exchange.write(request, ask.members(clock.instant().plusSeconds(10)));
        touch(request, clock.instant());
    }

    private static void touch(Path file, Instant at) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(at));
    }

    private void serveLater() {
        clock.advance(Duration.ofSeconds(1));
        desk.serve();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.requests())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Map<String, Object> answered() throws Exception {
        return exchange.read(answer, AdminFiles.MAX_ANSWER);
    }

    @Test
    void aRequestIsDoneAndAnsweredForItsOwnerOnly() throws Exception {
        die("t1", "x");
        ask(AdminRequest.of(AdminRequest.Command.DISCARD, "t1"));

        serveLater();

        assertThat(answered()).containsEntry("status", "done").containsEntry("message", "Discarded: t1");
        assertThat(files()).containsExactly(NAME + ".answer");
        assertThat(Files.getPosixFilePermissions(answer)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(engine.deadLetters().list(10)).isEmpty();
    }

    @Test
    void requestsAreLookedForOnceASecond() throws Exception {
        serveLater();
        ask(AdminRequest.list(10));

        desk.serve();
        assertThat(files()).containsExactly(NAME + ".request");

        serveLater();
        assertThat(files()).containsExactly(NAME + ".answer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"playtcha_request\":2,\"command\":\"list\",\"limit\":1,\"until\":1774745999000}",
                "{\"playtcha_request\":1,\"command\":\"rm\",\"limit\":1,\"until\":1774745999000}",
                "{\"playtcha_request\":1,\"command\":\"list\",\"limit\":1000000000,\"until\":1774745999000}",
                "{\"playtcha_request\":1,\"command\":\"discard\",\"limit\":1,\"until\":1774745999000}",
                "{\"playtcha_request\":1,\"command\":\"discard\",\"id\":\"\\\\uzzzz\",\"limit\":1,\"until\":1774745999000}",
                "{\"playtcha_request\":1,\"command\":\"list\",\"limit\":1,\"until\":99999999999999999999}",
                "{\"playtcha_request\":1,\"command\":\"list\",\"limit\":1,\"until\":1e400}",
            })
    void whatIsNoRequestIsRefusedAndRemoved(String text) throws Exception {
        Files.writeString(request, text);
        touch(request, clock.instant());

        serveLater();

        assertThat(answered()).containsEntry("status", "unreachable");
        assertThat(AdminResponse.text(answered(), "message")).startsWith("The application refused the request: ");
        assertThat(files()).containsExactly(NAME + ".answer");
    }

    @Test
    void aHugeRequestIsRefusedUnread() throws Exception {
        Files.writeString(request, " ".repeat(AdminFiles.MAX_REQUEST + 1));
        touch(request, clock.instant());

        serveLater();

        assertThat(AdminResponse.text(answered(), "message")).endsWith("it is larger than 8192 bytes");
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        die("t1", "x");
        Path elsewhere = directory.resolve("elsewhere");
        exchange.write(
                elsewhere,
                AdminRequest.of(AdminRequest.Command.DISCARD, "t1")
                        .members(clock.instant().plusSeconds(10)));
        // The link's own time is the machine's, before which the test's clock is.
        Files.createSymbolicLink(request, elsewhere);

        serveLater();

        assertThat(AdminResponse.text(answered(), "message")).endsWith("it is not a regular file");
        assertThat(elsewhere).exists();
        assertThat(engine.deadLetters().list(10)).hasSize(1);
    }

    @Test
    void aDirectoryInARequestsPlaceIsLeftAlone() throws Exception {
        Files.createDirectory(request);
        Files.writeString(request.resolve("file"), "x");

        serveLater();
        serveLater();

        assertThat(files()).containsExactly(NAME + ".request");
    }

    @Test
    void aRequestThatNobodyWaitsForAnyMoreIsNotDone() throws Exception {
        die("t1", "x");
        ask(AdminRequest.of(AdminRequest.Command.DISCARD, "t1"));
        clock.advance(Duration.ofSeconds(20));

        desk.serve();

        assertThat(AdminResponse.text(answered(), "message")).contains("it has expired");
        assertThat(engine.deadLetters().list(10)).hasSize(1);
    }

    @Test
    void whatIsOldIsRemoved() throws Exception {
        Instant old = clock.instant().minus(Duration.ofMinutes(6));
        for (String name : List.of(NAME + ".request", NAME + ".answer", "foreign", NAME + ".tmp")) {
            Files.writeString(folder.requests().resolve(name), "x");
            touch(folder.requests().resolve(name), old);
        }
        Files.writeString(folder.requests().resolve("new"), "x");
        touch(folder.requests().resolve("new"), clock.instant());

        serveLater();

        assertThat(files()).containsExactly("new");
    }

    /** A group-writable directory lets others add requests, as with fsGroup of Kubernetes. */
    @Test
    @EnabledIfSystemProperty(named = "user.name", matches = "root")
    void aRequestOfAnotherUserIsNotServed() throws Exception {
        die("t1", "x");
        ask(AdminRequest.of(AdminRequest.Command.DISCARD, "t1"));
        Files.setOwner(
                request, request.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        Files.setPosixFilePermissions(request, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(folder.requests(), PosixFilePermissions.fromString("rwxrwx---"));
        try (CapturedLog log = new CapturedLog(AdminMailbox.class.getName(), Level.WARN)) {
            serveLater();

            assertThat(log.lines())
                    .containsExactly("WARN An admin request was refused and not done: it is of user nobody, and this"
                            + " application runs as root");
        }
        assertThat(AdminResponse.text(answered(), "message")).startsWith("The application refused the request");
        assertThat(engine.deadLetters().list(10)).hasSize(1);
    }

    @Test
    void aFolderThatCannotBeUsedIsSaidOnceAndServedWhenItCan() throws Exception {
        Files.delete(folder.requests());
        Files.writeString(folder.requests(), "in the way");
        try (CapturedLog log = new CapturedLog(AdminMailbox.class.getName(), Level.WARN)) {
            for (int i = 0; i < 30; i++) {
                serveLater();
            }
            assertThat(log.lines()).hasSize(1);
        }
        Files.delete(folder.requests());
        folder.probe(false);
        ask(AdminRequest.list(10));
        clock.advance(Duration.ofSeconds(9));
        exchange.write(request, AdminRequest.list(10).members(clock.instant().plusSeconds(10)));
        touch(request, clock.instant());

        serveLater();

        assertThat(answered()).containsEntry("status", "done");
    }

    @Test
    void thatAnotherApplicationHasTheFolderIsSaidOnce() {
        serveLater();
        try (CapturedLog log = new CapturedLog(AdminMailbox.class.getName(), Level.WARN);
                AdminMailbox other = new AdminMailbox(folder, operator, texts, clock)) {
            for (int i = 0; i < 30; i++) {
                clock.advance(Duration.ofSeconds(10));
                other.serve();
            }

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("Another process uses", folder.directory().toString());
        }
    }

    @Test
    void ofTwoDesksOneServes() throws Exception {
        serveLater();
        assertThat(folder.tryLock()).isEmpty();
        desk.close();

        ask(AdminRequest.list(10));
        serveLater();
        assertThat(files()).containsExactly(NAME + ".request");

        try (AdminMailbox next = new AdminMailbox(folder, operator, texts, clock)) {
            next.serve();
            assertThat(files()).containsExactly(NAME + ".answer");
        }
    }
}
