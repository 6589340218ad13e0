package com.playtcha.jakarta.internal.late.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as files, and who may send them. */
class AdminMailboxTest extends AdminFixture {
    private static final String[] LIST = {"list"};
    private static final String[] DISCARD = {"discard", "t1"};
    private static final String NAME = "0123456789abcdef0123456789abcdef";

    private AdminMailbox mailbox;
    private Path request;
    private Path response;

    @BeforeEach
    void openMailbox() {
        mailbox = new AdminMailbox(lateDir, service, texts, clock);
        request = lateDir.requests().resolve(NAME + ".request");
        response = lateDir.requests().resolve(NAME + ".response");
    }

    @AfterEach
    void closeMailbox() {
        mailbox.close();
    }

    private void send(String... arguments) throws IOException {
        AdminMailbox.write(request, Map.of("arguments", List.of(arguments)), texts);
        touch(request, clock.instant());
    }

    private static void touch(Path file, Instant at) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(at));
    }

    private void serveLater() {
        clock.advance(Duration.ofSeconds(1));
        mailbox.serve();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(lateDir.requests())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private AdminResponse response() throws Exception {
        return AdminResponse.read(texts.read(Files.readAllBytes(response)));
    }

    @Test
    void aResponseIsReadableByItsOwnerOnly() throws Exception {
        makeDeadLetter("t1", "x");
        send(DISCARD);

        serveLater();

        assertThat(response().status()).isZero();
        assertThat(response().out()).isEqualTo("Discarded: t1\n");
        assertThat(files()).containsExactly(NAME + ".response");
        assertThat(Files.getPosixFilePermissions(response)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(engine.deadLetters().list(10)).isEmpty();
    }

    @Test
    void aCursorThatNoListReturnedIsWrongUsageAsWithoutTheApplication() throws Exception {
        send("list", "--cursor", "x");

        serveLater();

        assertThat(response().status()).isEqualTo(2);
        assertThat(response().err()).isEqualTo("cursor must be one that a page returned, not x\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"arguments\":[\"rm\"]}",
                "{\"arguments\":\"list\"}",
                "{\"arguments\":[\"list\",{}]}",
                "{\"arguments\":[\"list\",\"--frob\"]}",
                "{\"arguments\":[\"discard\"]}",
                "{\"arguments\":[\"discard\",\"\\\\uzzzz\"]}",
            })
    void aFileThatIsNoRequestIsRefusedAndDeleted(String text) throws Exception {
        Files.writeString(request, text);
        touch(request, clock.instant());

        serveLater();

        assertThat(response().status()).isEqualTo(3);
        assertThat(response().err()).startsWith("The application refused the request: ");
        assertThat(files()).containsExactly(NAME + ".response");
    }

    @Test
    void aHugeRequestIsRefusedUnread() throws Exception {
        Files.writeString(request, " ".repeat(8193));
        touch(request, clock.instant());

        serveLater();

        assertThat(response().err()).endsWith("it is larger than 8192 bytes\n");
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        makeDeadLetter("t1", "x");
        Path elsewhere = directory.resolve("elsewhere");
        AdminMailbox.write(elsewhere, Map.of("arguments", List.of(DISCARD)), texts);
        // The link itself has the machine's time, which is after the test's clock.
        Files.createSymbolicLink(request, elsewhere);

        serveLater();

        assertThat(files()).containsExactly(NAME + ".request");
        assertThat(elsewhere).exists();
        assertThat(engine.deadLetters().list(10)).hasSize(1);
    }

    @Test
    void aDirectoryWithTheNameOfARequestIsIgnored() throws Exception {
        Files.createDirectory(request);
        Files.writeString(request.resolve("file"), "x");

        serveLater();
        serveLater();

        assertThat(files()).containsExactly(NAME + ".request");
    }

    @Test
    void oldFilesAreDeleted() throws Exception {
        Instant old = clock.instant().minus(Duration.ofMinutes(6));
        for (String name : List.of(NAME + ".request", NAME + ".response", "foreign", NAME + ".tmp")) {
            Files.writeString(lateDir.requests().resolve(name), "x");
            touch(lateDir.requests().resolve(name), old);
        }
        Files.writeString(lateDir.requests().resolve("new"), "x");
        touch(lateDir.requests().resolve("new"), clock.instant());

        serveLater();

        assertThat(files()).containsExactly("new");
    }

    /** A group-writable directory lets others add requests, as with fsGroup of Kubernetes. */
    @Test
    @EnabledIfSystemProperty(named = "user.name", matches = "root")
    void aRequestOfAnotherUserIsNotServed() throws Exception {
        makeDeadLetter("t1", "x");
        send(DISCARD);
        Files.setOwner(
                request, request.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        Files.setPosixFilePermissions(request, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(lateDir.requests(), PosixFilePermissions.fromString("rwxrwx---"));
        try (CapturedLog log = new CapturedLog(AdminMailbox.class.getName(), Level.WARN)) {
            serveLater();

            assertThat(log.lines())
                    .containsExactly("WARN An admin request was refused and not done: it is of user nobody, and this"
                            + " application runs as root");
        }
        assertThat(response().err()).startsWith("The application refused the request");
        assertThat(engine.deadLetters().list(10)).hasSize(1);
    }

    /** Such a response could say that an item was discarded, or write to the operator's terminal. */
    @Test
    @EnabledIfSystemProperty(named = "user.name", matches = "root")
    void aResponseOfAnotherUserIsNotUsed() throws Exception {
        CompletableFuture<AdminResponse> answered = CompletableFuture.supplyAsync(() -> {
            try {
                return AdminMailbox.send(lateDir, texts, DISCARD);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> files().stream().anyMatch(file -> file.endsWith(".request")));
        String name = files().stream()
                .filter(file -> file.endsWith(".request"))
                .findFirst()
                .orElseThrow();
        Path planted = directory.resolve("planted");
        AdminMailbox.write(
                planted, AdminResponse.done("\u001b[2JDiscarded: t1\n", "").members(), texts);
        Files.setOwner(
                planted, planted.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        Files.move(planted, lateDir.requests().resolve(name.replace(".request", ".response")));

        assertThat(answered.join().status()).isEqualTo(AdminResponse.UNREACHABLE);
        assertThat(answered.join().out()).isEmpty();
        assertThat(answered.join().err()).contains("user nobody").contains("chmod g-w");
        assertThat(files()).noneMatch(file -> file.endsWith(".response"));
    }

    @Test
    void aDirectoryThatCannotBeUsedIsLoggedOnceAndServedLater() throws Exception {
        Files.delete(lateDir.requests());
        Files.writeString(lateDir.requests(), "in the way");
        try (CapturedLog log = new CapturedLog(AdminMailbox.class.getName(), Level.WARN)) {
            for (int i = 0; i < 30; i++) {
                serveLater();
            }
            assertThat(log.lines()).hasSize(1);
        }
        Files.delete(lateDir.requests());
        lateDir.probe(false);
        send(LIST);
        clock.advance(Duration.ofSeconds(9));
        AdminMailbox.write(request, Map.of("arguments", List.of(LIST)), texts);
        touch(request, clock.instant());

        serveLater();

        assertThat(response().status()).isZero();
    }

    @Test
    void anotherApplicationOnTheDirectoryIsLoggedOnce() {
        serveLater();
        try (CapturedLog log = new CapturedLog(AdminMailbox.class.getName(), Level.WARN);
                AdminMailbox other = new AdminMailbox(lateDir, service, texts, clock)) {
            for (int i = 0; i < 30; i++) {
                clock.advance(Duration.ofSeconds(10));
                other.serve();
            }

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("Another process uses", lateDir.directory().toString());
        }
    }

    @Test
    void oneOfTwoMailboxesServes() throws Exception {
        serveLater();
        assertThat(lateDir.tryLock()).isEmpty();
        mailbox.close();

        send(LIST);
        serveLater();
        assertThat(files()).containsExactly(NAME + ".request");

        try (AdminMailbox next = new AdminMailbox(lateDir, service, texts, clock)) {
            next.serve();
            assertThat(files()).containsExactly(NAME + ".response");
        }
    }

    /** As where many items are discarded, or the disk has no room for the response. */
    @Test
    void aRequestThatWasTakenIsNotSaidToBeWithdrawn() throws Exception {
        Thread application = new Thread(() -> await().until(this::takesRequest));
        application.start();

        AdminResponse unanswered = AdminMailbox.send(lateDir, texts, DISCARD);

        application.join();
        assertThat(unanswered.status()).isEqualTo(3);
        assertThat(unanswered.err()).doesNotContain("withdrawn").contains("took the request", "within 20 s");
    }

    private boolean takesRequest() throws IOException {
        try (Stream<Path> requests = Files.list(lateDir.requests())) {
            Optional<Path> sent = requests.filter(file -> file.toString().endsWith(".request"))
                    .findFirst();
            return sent.isPresent() && Files.deleteIfExists(sent.get());
        }
    }
}
