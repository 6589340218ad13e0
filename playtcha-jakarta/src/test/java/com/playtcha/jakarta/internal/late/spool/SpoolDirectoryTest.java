package com.playtcha.jakarta.internal.late.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolDirectoryTest {
    @TempDir
    private Path parent;

    private final TestClock clock = new TestClock();
    private final JsonWriter writer = new JsonWriter();
    private final ResultText texts = new ResultText(new StrictJson(), writer);

    @AfterEach
    void closeWriter() {
        writer.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t1", "../../../../var/x", "a/b\\c\u0000\n", "\ud800", "CON", "x"})
    void aLetterComesBackAsItWasWhateverItsId(String id) throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        LateResult result = LateResult.of(id, LateKind.LATE_VERDICT, LateOutcome.REJECTED, clock.instant())
                .error(new UpstreamError(401, Map.of("code", "token_invalid")))
                .code("\u4e2d\ud83d\ude00\udfff")
                .startedAt(clock.instant().minusSeconds(9))
                .attempts(3)
                .build();

        directory.put(result, "no connection\n");
        SpoolEntry letter = open(10, 1 << 20).list(10).get(0);

        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.result().getOutcome()).isEqualTo(LateOutcome.REJECTED);
        assertThat(letter.result().getCode()).isEqualTo("\u4e2d\ud83d\ude00\udfff");
        assertThat(letter.result().getError().getCode()).isEqualTo("token_invalid");
        assertThat(letter.result().getStartedAt()).isEqualTo(clock.instant().minusSeconds(9));
        assertThat(letter.result().getAttempts()).isEqualTo(3);
        assertThat(letter.lastError()).isEqualTo("no connection\n");
        assertThat(letter.attempts()).isEqualTo(1);
        assertThat(filesOf(directory())).hasSize(1).allMatch(name -> name.matches("[0-9]{14}-[0-9a-f]{32}\\.json"));
    }

    @Test
    void aPassComesBackAsItWas() {
        NewItem item = new NewItem(
                "late-1",
                LateKind.LATE_VERDICT,
                "default",
                "token",
                true,
                clock.instant(),
                clock.instant().plusSeconds(5),
                clock.instant().plusSeconds(300));
        FailOpenRecord pass = new FailOpenRecord(
                item, Ids.digest("p", "token"), clock.instant().plusSeconds(300));
        open(10, 1 << 20).put(pass, "down");

        SpoolEntry letter = open(10, 1 << 20).list(10).get(0);

        assertThat(letter.pass()).isEqualTo(pass);
        assertThat(letter.result()).isNull();
    }

    @Test
    void onlyTheOwnerMayReadIt() throws IOException {
        open(10, 1 << 20).put(result("t1", "x"), "down");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
        Path file = directory().resolve(filesOf(directory()).get(0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void whatIsTooMuchIsRefusedLoudlyAndNothingIsEvicted() throws IOException {
        SpoolDirectory directory = open(2, 1 << 20);
        directory.put(result("t1", "x"), "down");
        directory.put(result("t2", "x"), "down");

        assertThatThrownBy(() -> directory.put(result("t3", "x"), "down"))
                .isInstanceOf(SpoolFullException.class)
                .hasMessageContaining("2 of 2 files");
        assertThatThrownBy(() -> open(2, 1 << 20).put(result("t3", "x"), "down"))
                .as("counted anew at the next start")
                .isInstanceOf(SpoolFullException.class);
        assertThat(directory.list(10)).extracting(SpoolEntry::id).containsExactlyInAnyOrder("t1", "t2");

        directory.delete(directory.list(1).get(0));
        directory.put(result("t3", "x"), "down");
        assertThat(filesOf(directory())).hasSize(2);
    }

    @Test
    void bytesAreBoundedToo() {
        SpoolDirectory directory = open(100, 5000);
        directory.put(result("t1", "x".repeat(3000)), "down");

        assertThatThrownBy(() -> directory.put(result("t2", "x".repeat(3000)), "down"))
                .isInstanceOf(SpoolFullException.class);
        assertThat(directory.load().files()).isEqualTo(1);
    }

    @Test
    void everyCutOfALetterIsSetAsideAndNoneIsCrashedOn() throws IOException {
        open(10, 1 << 20).put(result("t1", "x"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        byte[] whole = Files.readAllBytes(file);
        Files.delete(file);
        try (CapturedLog log =
                new CapturedLog("com.playtcha.jakarta.internal.late.spool", ch.qos.logback.classic.Level.WARN)) {
            int cuts = whole.length - 2;
            for (int length = 0; length < cuts; length++) {
                Files.write(
                        directory().resolve(String.format("%05d.json", length)),
                        java.util.Arrays.copyOf(whole, length));
            }
            SpoolDirectory directory = open(100_000, 1 << 30);

            assertThat(directory.due(clock.instant(), Integer.MAX_VALUE)).isEmpty();

            assertThat(filesOf(directory().resolve("set-aside"))).hasSize(cuts);
            assertThat(filesOf(directory())).isEmpty();
            assertThat(log.lines()).hasSize(cuts).allMatch(line -> line.startsWith("WARN Set aside"));
        }
    }

    @Test
    void foreignThingsAreSetAside() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        Files.writeString(directory().resolve("notes.txt"), "hello");
        Files.writeString(directory().resolve("a.json"), "{\"playtcha_letter\":1}");
        Files.writeString(directory().resolve("b.json"), "[]");
        Files.writeString(directory().resolve("c.json"), "{\"playtcha_letter\":2}");
        Files.write(directory().resolve("d.json"), new byte[(1 << 20) + 1]);
        Files.createDirectory(directory().resolve("e.json"));
        Path elsewhere = Files.writeString(parent.resolve("elsewhere"), "{}");
        Files.createSymbolicLink(directory().resolve("f.json"), elsewhere);
        directory.put(result("t1", "x"), "down");

        assertThat(directory.list(10)).extracting(SpoolEntry::id).containsExactly("t1");

        assertThat(filesOf(directory().resolve("set-aside"))).hasSize(7);
        assertThat(elsewhere).exists();
        assertThat(directory.due(clock.instant(), 10)).hasSize(1);
    }

    @Test
    void whatADeadProcessLeftHalfWrittenGoesAndWhatALiveOneWritesStays() throws IOException {
        open(10, 1 << 20);
        Path old = Files.writeString(directory().resolve("1.tmp"), "{");
        Path young = Files.writeString(directory().resolve("2.tmp"), "{");
        Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(Duration.ofHours(1))));
        Files.setLastModifiedTime(young, FileTime.from(clock.instant()));

        assertThat(open(10, 1 << 20).list(10)).isEmpty();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void theFileSaysHowOftenItWasTriedAndWhatWentWrongTheLastTime() throws Exception {
        SpoolDirectory directory = open(10, 1 << 20);
        SpoolEntry letter = directory.put(result("t1", "x"), "down");
        Path file = directory().resolve(letter.name());
        assertThat(Files.readString(file)).contains("\"attempts\":1,\"last_error\":\"down\"");

        directory.update(letter, 2, "still down", clock.instant());

        assertThat(Files.readString(file)).contains("\"attempts\":2,\"last_error\":\"still down\"");
    }

    @Test
    void aFailureIsNotedInTheFileAndTheLetterComesBackWhenItIsDue() {
        SpoolDirectory directory = open(10, 1 << 20);
        SpoolEntry letter = directory.put(result("t1", "x"), "down");
        directory.update(letter, 2, "still down", clock.instant().plusSeconds(300));

        assertThat(directory.due(clock.instant(), 10)).isEmpty();
        assertThat(open(10, 1 << 20).due(clock.instant(), 10)).isEmpty();
        clock.advance(Duration.ofSeconds(300));
        SpoolEntry again = directory.due(clock.instant(), 10).get(0);

        assertThat(again.attempts()).isEqualTo(2);
        assertThat(again.lastError()).isEqualTo("still down");
        assertThat(again.createdAt()).isEqualTo(letter.createdAt());
        assertThat(again.result().getCode()).isEqualTo("x");
    }

    @Test
    void aLetterThatWasDeletedMeanwhileIsNotBroughtBackByANote() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        SpoolEntry letter = directory.put(result("t1", "x"), "down");
        assertThat(open(10, 1 << 20).delete(letter)).isTrue();

        directory.update(letter, 2, "still down", clock.instant());

        assertThat(filesOf(directory())).isEmpty();
        assertThat(directory.delete(letter)).isFalse();
    }

    @Test
    void theOldestLetterComesFirst() {
        SpoolDirectory directory = open(10, 1 << 20);
        for (int i = 0; i < 5; i++) {
            directory.put(result("t" + i, "x"), "down");
            clock.advance(Duration.ofMillis(1));
        }

        assertThat(directory.due(clock.instant(), 3)).extracting(SpoolEntry::id).containsExactly("t0", "t1", "t2");
        assertThat(directory.load().oldest()).isEqualTo(clock.instant().minusMillis(5));
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsAnErrorAndNoAcknowledgement() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        Files.delete(directory().resolve("set-aside"));
        Files.delete(directory());

        assertThatThrownBy(() -> directory.put(result("t1", "x"), "down")).hasMessageContaining("cannot be written");
        assertThat(directory.load().files()).isZero();
    }

    @Test
    void oneOddFileKeepsNoLetterFromBeingRead() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        Path odd = Files.createDirectory(directory().resolve("odd.tmp"));
        Files.writeString(odd.resolve("inside"), "x");
        Files.setLastModifiedTime(odd, FileTime.from(clock.instant().minus(Duration.ofHours(1))));
        Files.writeString(directory().resolve("x".repeat(250) + ".json"), "{}");
        Files.writeString(directory().resolve("a\nb.json"), "{}");
        Files.writeString(directory().resolve("{}\\ '$(x).json"), "{}");

        assertThat(directory.due(clock.instant(), 10))
                .extracting(SpoolEntry::id)
                .containsExactly("t1");

        assertThat(filesOf(directory())).hasSize(1);
        assertThat(filesOf(directory().resolve("set-aside"))).hasSize(4).allMatch(name -> name.length() < 200);
    }

    @Test
    void whatCannotBeSetAsideIsSaidOnce() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        Files.delete(directory().resolve("set-aside"));
        Files.writeString(directory().resolve("set-aside"), "a file where a directory should be");
        Files.writeString(directory().resolve("bad.json"), "{");
        try (CapturedLog log =
                new CapturedLog("com.playtcha.jakarta.internal.late.spool", ch.qos.logback.classic.Level.WARN)) {
            for (int i = 0; i < 5; i++) {
                clock.advance(Duration.ofMinutes(2));
                assertThat(directory.due(clock.instant(), 10))
                        .extracting(SpoolEntry::id)
                        .containsExactly("t1");
            }
            assertThat(log.lines()).hasSize(1);
        }
        assertThat(directory().resolve("bad.json")).exists();
        assertThat(directory.load().files()).isEqualTo(1);
    }

    @Test
    void whatIsNotDueIsNotReadAgain() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.update(
                directory.put(result("t1", "x"), "down"),
                2,
                "down",
                clock.instant().plusSeconds(600));
        assertThat(directory.due(clock.instant(), 10)).isEmpty();
        Path file = directory().resolve(filesOf(directory()).get(0));
        FileTime modified = Files.getLastModifiedTime(file);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, new byte[whole.length]);
        Files.setLastModifiedTime(file, modified);

        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofSeconds(61));
            assertThat(directory.due(clock.instant(), 10)).isEmpty();
        }
        assertThat(directory.find("t2")).isEmpty();

        assertThat(file).as("not looked into, so not set aside").exists();
        Files.write(file, whole);
        clock.advance(Duration.ofSeconds(300));
        assertThat(directory.due(clock.instant(), 10)).hasSize(1);
    }

    @Test
    void aRetryThatAnotherProcessNotedIsSeen() {
        SpoolDirectory directory = open(10, 1 << 20);
        SpoolEntry letter = directory.put(result("t1", "x"), "down");
        directory.update(letter, 2, "down", clock.instant().plusSeconds(3600));
        assertThat(directory.due(clock.instant(), 10)).isEmpty();

        SpoolDirectory commandLine = open(10, 1 << 20);
        SpoolEntry seen = commandLine.find("t1").get(0);
        commandLine.update(seen, seen.attempts(), seen.lastError() + ", retried by hand", clock.instant());

        assertThat(directory.due(clock.instant(), 10)).hasSize(1);
    }

    @Test
    void manyLargeLettersAreNotReadAtOnce() {
        SpoolDirectory directory = open(100, 1 << 30);
        for (int i = 0; i < 30; i++) {
            directory.put(result("t" + i, "\u4e2d".repeat(60_000)), "down");
        }

        List<SpoolEntry> due = directory.due(clock.instant(), 100);

        assertThat(due).hasSizeBetween(1, 20);
    }

    private Path directory() {
        return parent.resolve("letters");
    }

    private SpoolDirectory open(int files, long bytes) {
        return SpoolDirectory.open(directory(), files, bytes, texts, clock);
    }

    private LateResult result(String id, String code) {
        return LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                .code(code)
                .build();
    }

    private static List<String> filesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !Files.isDirectory(file) || !file.endsWith("set-aside"))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
