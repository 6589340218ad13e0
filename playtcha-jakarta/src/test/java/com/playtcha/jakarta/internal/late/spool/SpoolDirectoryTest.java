package com.playtcha.jakarta.internal.late.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateUnavailableException;
import com.playtcha.jakarta.late.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
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
    void anEntryIsReadAsItWasWrittenWhateverItsId(String id) throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        LateResult result = LateResult.of(id, LateKind.LATE_VERDICT, LateOutcome.REJECTED, clock.instant())
                .error(new UpstreamError(401, Map.of("code", "token_invalid")))
                .code("\u4e2d\ud83d\ude00\udfff")
                .startedAt(clock.instant().minusSeconds(9))
                .attempts(3)
                .build();

        directory.put(new Arrival.Result(result), "no connection\n");
        SpoolEntry entry = open(10, 1 << 20).list(10, null, any -> true).get(0);

        assertThat(entry.id()).isEqualTo(id);
        assertThat(entry.result().getOutcome()).isEqualTo(LateOutcome.REJECTED);
        assertThat(entry.result().getCode()).isEqualTo("\u4e2d\ud83d\ude00\udfff");
        assertThat(entry.result().getError().getCode()).isEqualTo("token_invalid");
        assertThat(entry.result().getStartedAt()).isEqualTo(clock.instant().minusSeconds(9));
        assertThat(entry.result().getAttempts()).isEqualTo(3);
        assertThat(entry.error()).isEqualTo("no connection\n");
        assertThat(entry.attempts()).isZero();
        assertThat(filesOf(directory())).hasSize(1).allMatch(name -> name.equals(Ids.key(id) + ".json"));
    }

    @Test
    void aFailOpenRecordIsReadAsItWasWritten() {
        NewItem item = new NewItem(
                "late-1",
                LateKind.LATE_VERDICT,
                "default",
                "a\\token\\u0041",
                true,
                clock.instant(),
                clock.instant().plusSeconds(5),
                clock.instant().plusSeconds(300));
        Arrival.FailOpen pass = new Arrival.FailOpen(
                item, Ids.digest("p", "token"), clock.instant().plusSeconds(300));
        open(10, 1 << 20).put(pass, "down");

        SpoolEntry entry = open(10, 1 << 20).list(10, null, any -> true).get(0);

        assertThat(entry.content()).isEqualTo(pass);
        assertThat(entry.result()).isNull();
    }

    @Test
    void filesAreReadableByTheirOwnerOnly() throws IOException {
        open(10, 1 << 20).put(result("t1", "x"), "down");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
        Path file = directory().resolve(filesOf(directory()).get(0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFullSpoolRefusesNewEntriesAndEvictsNone() throws IOException {
        SpoolDirectory directory = open(2, 1 << 20);
        directory.put(result("t1", "x"), "down");
        directory.put(result("t2", "x"), "down");

        assertThatThrownBy(() -> directory.put(result("t3", "x"), "down"))
                .isInstanceOf(LateUnavailableException.class)
                .hasMessageContaining("2 of 2 files");
        assertThatThrownBy(() -> open(2, 1 << 20).put(result("t3", "x"), "down"))
                .as("counted anew at the next start")
                .isInstanceOf(LateUnavailableException.class);
        assertThat(directory.list(10, null, any -> true))
                .extracting(SpoolEntry::id)
                .containsExactlyInAnyOrder("t1", "t2");

        directory.delete(directory.list(1, null, any -> true).get(0));
        directory.put(result("t3", "x"), "down");
        assertThat(filesOf(directory())).hasSize(2);
    }

    @Test
    void bytesAreBoundedToo() {
        SpoolDirectory directory = open(100, 5000);
        directory.put(result("t1", "x".repeat(3000)), "down");

        assertThatThrownBy(() -> directory.put(result("t2", "x".repeat(3000)), "down"))
                .isInstanceOf(LateUnavailableException.class);
        assertThat(directory.load().files()).isEqualTo(1);
    }

    /** A user of the directory's group could do that; to open a pipe waits until somebody writes to it. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFileThatBecomesAPipeAfterItWasListedDoesNotHangTheReader() throws Exception {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();

        assertThat(directory.due(clock.instant(), 10)).isEmpty();
        assertThat(directory.contains("t1")).isTrue();
    }

    @Test
    void aFileThatBecomesALinkAfterItWasListedIsNotFollowed() throws Exception {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        Path elsewhere = Files.move(file, parent.resolve("elsewhere"));
        Files.createSymbolicLink(file, elsewhere);

        assertThat(directory.due(clock.instant(), 10)).isEmpty();
    }

    @Test
    @EnabledIf("com.playtcha.jakarta.internal.late.spool.LateDirectoryTest#isRoot")
    void aFileOfAnotherUserIsNotReadAndThatIsLogged() throws Exception {
        open(10, 1 << 20).put(result("t1", "forged"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        Files.setAttribute(file, "unix:uid", 65534);
        try (CapturedLog log =
                new CapturedLog("com.playtcha.jakarta.internal.late.spool", ch.qos.logback.classic.Level.ERROR)) {
            SpoolDirectory directory = open(10, 1 << 20);

            assertThat(directory.due(clock.instant(), 10)).isEmpty();
            assertThat(directory.contains("t1")).isFalse();
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("belongs to another user", file.getFileName().toString());
        }
    }

    @Test
    void aFileOfANewerVersionStaysAndIsCountedAndReadByThatVersion() throws Exception {
        open(10, 1 << 20).put(result("t1", "x"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        String text = Files.readString(file);
        Files.writeString(file, text.replace("\"playtcha_spool\":1", "\"playtcha_spool\":2"));
        try (CapturedLog log =
                new CapturedLog("com.playtcha.jakarta.internal.late.spool", ch.qos.logback.classic.Level.WARN)) {
            SpoolDirectory directory = open(10, 1 << 20);

            assertThat(directory.due(clock.instant(), 10)).isEmpty();

            assertThat(file).exists();
            assertThat(directory.load().newer()).isOne();
            assertThat(directory.load().damaged()).isZero();
            assertThat(directory.contains("t1"))
                    .as("neither polled nor expired meanwhile")
                    .isTrue();
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("newer version", file.getFileName().toString());

            Files.writeString(file, text);
            clock.advance(Duration.ofMinutes(2));
            assertThat(directory.due(clock.instant(), 10))
                    .extracting(SpoolEntry::id)
                    .containsExactly("t1");
            assertThat(directory.load().newer()).isZero();
        }
    }

    @Test
    void aMemberThatANewerVersionAddedIsIgnored() throws Exception {
        open(10, 1 << 20).put(result("t1", "x"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        Files.writeString(file, Files.readString(file).replace("\"id\":", "\"added\":{\"later\":[1]},\"id\":"));

        assertThat(open(10, 1 << 20).due(clock.instant(), 10))
                .extracting(SpoolEntry::id)
                .containsExactly("t1");
    }

    @Test
    void aDamagedFileIsRenamedWithAnError() throws IOException {
        open(10, 1 << 20).put(result("t1", "x"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        byte[] whole = Files.readAllBytes(file);
        try (CapturedLog log =
                new CapturedLog("com.playtcha.jakarta.internal.late.spool", ch.qos.logback.classic.Level.WARN)) {
            for (int length = 0; length < whole.length - 2; length++) {
                Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".damaged"));
                Files.write(file, java.util.Arrays.copyOf(whole, length));
                SpoolDirectory directory = open(10, 1 << 20);

                assertThat(directory.due(clock.instant(), 10)).isEmpty();

                assertThat(filesOf(directory())).containsExactly(Ids.key("t1") + ".json.damaged");
                assertThat(log.lines())
                        .singleElement()
                        .asString()
                        .startsWith("ERROR A spooled file is damaged and was renamed to");
            }
        }
        assertThat(open(10, 1 << 20).load().damaged()).isEqualTo(1);
    }

    @Test
    void aDamagedFileDoesNotReplaceAnEarlierOneOfItsItem() throws IOException {
        Path file = directory().resolve(Ids.key("t1") + ".json");
        for (String code : List.of("first", "second", "third")) {
            open(10, 1 << 20).put(result("t1", code), "down");
            Files.writeString(file, Files.readString(file).replace("}", ""));
            assertThat(open(10, 1 << 20).due(clock.instant(), 10)).isEmpty();
        }

        assertThat(filesOf(directory()))
                .hasSize(3)
                .allMatch(name -> name.startsWith(Ids.key("t1") + ".json") && name.endsWith(".damaged"));
        assertThat(open(10, 1 << 20).load().damaged()).isEqualTo(3);
    }

    @Test
    void aListingLetsOthersUseTheDiskBetweenTwoFiles() {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        directory.put(result("t2", "x"), "down");

        List<SpoolEntry> listed = directory.list(
                10,
                null,
                entry -> CompletableFuture.supplyAsync(() -> directory.put(result("after " + entry.id(), "x"), "down"))
                        .orTimeout(1, TimeUnit.MINUTES)
                        .thenApply(AcceptResult.SPOOLED::equals)
                        .join());

        assertThat(listed).extracting(SpoolEntry::id).containsExactlyInAnyOrder("t1", "t2");
        assertThat(directory.load().files()).isEqualTo(4);
    }

    @Test
    void aDirectoryThatTakesLongToListHoldsUpNoResult() {
        Path disk = HangingDisk.of(directory());
        SpoolDirectory directory = new SpoolDirectory(disk, 10, 1 << 20, texts, clock);
        directory.put(result("t1", "x"), "down");
        clock.advance(Duration.ofSeconds(10));
        CompletableFuture<Void> isListing = new CompletableFuture<>();
        CompletableFuture<Void> open = new CompletableFuture<>();
        HangingDisk.failWhile(disk, () -> {
            if (isListing.complete(null)) {
                open.join();
            }
            return false;
        });
        CompletableFuture<List<SpoolEntry>> due =
                CompletableFuture.supplyAsync(() -> directory.due(clock.instant(), 10));
        try {
            isListing.join();

            assertThat(CompletableFuture.supplyAsync(() -> directory.put(result("t2", "x"), "down"))
                            .orTimeout(1, TimeUnit.MINUTES)
                            .join())
                    .isEqualTo(AcceptResult.SPOOLED);
        } finally {
            open.complete(null);
        }
        assertThat(due.join()).extracting(SpoolEntry::id).containsExactly("t1", "t2");
    }

    @Test
    void anEntryThatIsDiscardedOrRetriedBetweenTwoBatchesIsInTheNextOne() {
        SpoolDirectory directory = open(10, 1 << 20);
        for (String id : List.of("t1", "t2", "t3", "t4")) {
            directory.put(result(id, "x"), "down");
            clock.advance(Duration.ofSeconds(1));
        }
        SpoolEntry first = directory.due(clock.instant(), 1).get(0);
        directory.failed(first, "down", clock.instant(), Duration.ofMinutes(5));

        directory.discard("t4", clock.instant());
        directory.retry("t1");

        assertThat(directory.due(clock.instant(), 2)).extracting(SpoolEntry::id).containsExactly("t4", "t1");
    }

    /** The store may deliver what is discarded as long as it has not got the discard. */
    @Test
    void whatABatchLeftUntriedAfterAFailureIsInTheNextOne() {
        SpoolDirectory directory = open(10, 1 << 20);
        for (String id : List.of("r1", "r2", "r3")) {
            directory.put(result(id, "x"), "down");
            clock.advance(Duration.ofSeconds(1));
        }
        for (String id : List.of("d1", "d2", "d3")) {
            directory.putDiscard(id, LateKind.TASK, clock.instant());
            clock.advance(Duration.ofSeconds(1));
        }
        SpoolEntry failed = directory.due(clock.instant(), 2).get(0);
        directory.failed(failed, "down", clock.instant(), Duration.ofMinutes(5));

        assertThat(directory.due(clock.instant(), 3)).extracting(SpoolEntry::id).containsExactly("d2", "d3", "r1");
    }

    @Test
    void entriesAreTriedInTheOrderOfTheirNeedFromBatchToBatch() {
        SpoolDirectory directory = open(1000, 1 << 20);
        List<String> ids = IntStream.range(0, 50).mapToObj(i -> "t" + i).toList();
        for (String id : ids) {
            directory.put(result(id, "x"), "down");
            clock.advance(Duration.ofSeconds(1));
        }
        directory.putDiscard("discarded", LateKind.TASK, clock.instant());
        List<String> tried = new ArrayList<>();
        for (List<SpoolEntry> batch = directory.due(clock.instant(), 7);
                !batch.isEmpty();
                batch = directory.due(clock.instant(), 7)) {
            assertThat(batch).hasSizeLessThanOrEqualTo(7);
            for (SpoolEntry entry : batch) {
                tried.add(entry.id());
                directory.failed(entry, "down", clock.instant(), Duration.ofMinutes(5));
            }
        }

        assertThat(tried)
                .startsWith("discarded")
                .endsWith(ids.toArray(String[]::new))
                .hasSize(51);
    }

    @Test
    void aFileUnderTheNameOfAnotherIdIsDamaged() throws IOException {
        open(10, 1 << 20).put(result("t1", "x"), "down");
        Files.move(directory().resolve(filesOf(directory()).get(0)), directory().resolve(Ids.key("t2") + ".json"));

        assertThat(open(10, 1 << 20).list(10, null, any -> true)).isEmpty();
        assertThat(open(10, 1 << 20).load().damaged()).isEqualTo(1);
    }

    @Test
    void aHugeFileIsDamagedAndNotRead() throws IOException {
        open(10, 1 << 20).put(result("t1", "x"), "down");
        Path file = directory().resolve(filesOf(directory()).get(0));
        Files.writeString(file, Files.readString(file) + " ".repeat(1 << 20));

        assertThat(open(10, 1 << 20).list(10, null, any -> true)).isEmpty();
        assertThat(open(10, 1 << 20).load().damaged()).isEqualTo(1);
    }

    @Test
    void filesWithOtherNamesAreIgnored() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        Files.writeString(directory().resolve("notes.txt"), "hello");
        Files.createDirectory(directory().resolve(Ids.key("t2") + ".json"));
        Path elsewhere = Files.writeString(parent.resolve("elsewhere"), "{}");
        Files.createSymbolicLink(directory().resolve(Ids.key("t3") + ".json"), elsewhere);
        Path folder = directory().resolve("old.tmp");
        Files.createDirectories(folder.resolve("not-empty"));
        Files.setLastModifiedTime(folder, FileTime.from(clock.instant().minus(Duration.ofHours(1))));
        directory.put(result("t1", "x"), "down");

        assertThat(open(10, 1 << 20).list(10, null, any -> true))
                .extracting(SpoolEntry::id)
                .containsExactly("t1");

        assertThat(filesOf(directory())).hasSize(5);
        assertThat(elsewhere).exists();
    }

    @Test
    void anItemHasOneFileAndItsFirstResultWins() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);

        assertThat(directory.put(result("t1", "first"), "down")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(directory.put(result("t1", "first"), "down")).isEqualTo(AcceptResult.DUPLICATE);
        assertThat(open(10, 1 << 20).put(result("t1", "second"), "down")).isEqualTo(AcceptResult.DIFFERENT);

        assertThat(filesOf(directory())).hasSize(1);
        assertThat(directory.find("t1").orElseThrow().result().getCode()).isEqualTo("first");
    }

    @Test
    void aKnownOutcomeReplacesAnUnknownOne() {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(verdict(LateOutcome.UNCONFIRMED), "down");

        assertThat(directory.put(verdict(LateOutcome.VERIFIED), "down")).isEqualTo(AcceptResult.SPOOLED);

        assertThat(directory.list(10, null, any -> true))
                .singleElement()
                .satisfies(entry -> assertThat(entry.result().getOutcome()).isEqualTo(LateOutcome.VERIFIED));
    }

    private Arrival verdict(LateOutcome outcome) {
        return new Arrival.Result(LateResult.of("t1", LateKind.LATE_VERDICT, outcome, clock.instant())
                .build());
    }

    @Test
    void aDiscardOutlivesItsResultAndARestart() throws IOException {
        open(1, 1 << 20).put(result("t1", "x"), "down");

        assertThat(open(1, 1 << 20).discard("t1", clock.instant())).isPresent();
        assertThat(open(1, 1 << 20).discard("t1", clock.instant())).isEmpty();
        assertThat(open(1, 1 << 20).discard("t2", clock.instant())).isEmpty();

        SpoolDirectory again = open(1, 1 << 20);
        assertThat(filesOf(directory())).containsExactly(Ids.key("t1") + ".discarded");
        assertThat(again.list(10, null, any -> true)).isEmpty();
        assertThat(again.put(result("t1", "x"), "down")).isEqualTo(AcceptResult.DUPLICATE);
        assertThat(again.due(clock.instant(), 10))
                .singleElement()
                .satisfies(entry -> assertThat(entry.isDiscarded()).isTrue());
        again.delete(again.due(clock.instant(), 10).get(0));
        assertThat(filesOf(directory())).isEmpty();
        assertThat(again.contains("t1")).isFalse();
    }

    @Test
    void aDiscardReplacesItsResultAndBothFilesAreDeleted() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        byte[] result = Files.readAllBytes(directory().resolve(Ids.key("t1") + ".json"));
        directory.discard("t1", clock.instant());
        // The process died between the two steps of the discard.
        Files.write(directory().resolve(Ids.key("t1") + ".json"), result);

        SpoolDirectory again = open(10, 1 << 20);
        assertThat(again.list(10, null, any -> true)).isEmpty();
        again.delete(again.due(clock.instant(), 10).get(0));

        assertThat(filesOf(directory())).isEmpty();
    }

    @Test
    void filesOfAnotherProcessAreFoundWithinTenSeconds() {
        SpoolDirectory directory = open(10, 1 << 20);
        open(10, 1 << 20).put(result("t1", "x"), "down");

        assertThat(directory.contains("t1")).isFalse();
        clock.advance(Duration.ofSeconds(10));

        assertThat(directory.due(clock.instant(), 10)).hasSize(1);
        assertThat(directory.contains("t1")).isTrue();
    }

    @Test
    void whatAnotherProcessPutInPlaceOfADrainedEntryIsNotDeletedWithIt() {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(verdict(LateOutcome.UNCONFIRMED), "down");
        SpoolEntry drained = directory.due(clock.instant(), 10).get(0);
        open(10, 1 << 20).put(verdict(LateOutcome.VERIFIED), "down");

        directory.delete(drained);

        assertThat(directory.due(clock.instant(), 10))
                .singleElement()
                .satisfies(entry -> assertThat(entry.result().getOutcome()).isEqualTo(LateOutcome.VERIFIED));
        // Nor where the entry that replaced it was listed before.
        directory.delete(drained);
        assertThat(directory.contains("t1")).isTrue();
        directory.delete(directory.due(clock.instant(), 10).get(0));
        assertThat(directory.contains("t1")).isFalse();
    }

    @Test
    void temporaryFilesAreDeletedOnceTheyAreOld() throws IOException {
        open(10, 1 << 20);
        Path old = Files.writeString(directory().resolve("1.tmp"), "{");
        Path young = Files.writeString(directory().resolve("2.tmp"), "{");
        Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(Duration.ofHours(1))));
        Files.setLastModifiedTime(young, FileTime.from(clock.instant()));

        assertThat(open(10, 1 << 20).list(10, null, any -> true)).isEmpty();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void anEntryThatTheStoreRefusedIsDueAgainLater() {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        SpoolEntry entry = directory.find("t1").orElseThrow();
        directory.failed(entry, "still down", clock.instant(), Duration.ofMinutes(5));

        assertThat(directory.due(clock.instant(), 10)).isEmpty();
        assertThat(directory.find("t1").orElseThrow().dueAt())
                .isEqualTo(clock.instant().plusSeconds(300));
        clock.advance(Duration.ofSeconds(300));
        SpoolEntry again = directory.due(clock.instant(), 10).get(0);

        assertThat(again.attempts()).isEqualTo(1);
        assertThat(again.error()).isEqualTo("still down");
        assertThat(again.createdAt()).isEqualTo(entry.createdAt());

        directory.failed(again, "still down", clock.instant(), Duration.ofMinutes(5));
        assertThat(directory.retry("t1")).isTrue();
        assertThat(directory.due(clock.instant(), 10)).hasSize(1);
    }

    @Test
    void theOldestEntryIsFirst() {
        SpoolDirectory directory = open(10, 1 << 20);
        for (int i = 0; i < 5; i++) {
            directory.put(result("t" + i, "x"), "down");
            clock.advance(Duration.ofMillis(1));
        }

        assertThat(directory.due(clock.instant(), 3)).extracting(SpoolEntry::id).containsExactly("t0", "t1", "t2");
        assertThat(directory.load().oldest()).isEqualTo(clock.instant().minusMillis(5));
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsAnError() throws IOException {
        SpoolDirectory directory = open(10, 1 << 20);
        Files.delete(directory());

        assertThatThrownBy(() -> directory.put(result("t1", "x"), "down")).hasMessageContaining("cannot be written");
        assertThat(directory.load().files()).isZero();
    }

    @Test
    void manyLargeEntriesAreNotReadAtOnce() {
        SpoolDirectory directory = open(100, 1 << 30);
        for (int i = 0; i < 30; i++) {
            directory.put(result("t" + i, "\u4e2d".repeat(60_000)), "down");
        }

        List<SpoolEntry> due = directory.due(clock.instant(), 100);

        assertThat(due).hasSizeBetween(1, 20);
    }

    private Path directory() {
        return parent.resolve("spool");
    }

    @Test
    void anUnreadableEntryIsTriedAgainInAMinuteOfTheEnginesTime() {
        Path disk = HangingDisk.of(directory());
        SpoolDirectory directory = new SpoolDirectory(disk, 10, 1 << 20, texts, clock);
        directory.put(result("t1", "x"), "down");
        // The engine goes by the database's time where this node's clock is off.
        Instant now = clock.instant().minus(Duration.ofHours(1));
        AtomicBoolean failing = new AtomicBoolean(true);
        HangingDisk.failWhile(disk, failing::get);
        assertThat(directory.isDue(now)).isTrue();
        assertThat(directory.due(now, 10)).isEmpty();
        assertThat(directory.hasDue(now.plusSeconds(59))).isFalse();

        failing.set(false);

        assertThat(directory.due(now.plusSeconds(61), 10)).hasSize(1);
    }

    @Test
    void aPauseByAClockThatWasAnHourAheadEndsOnceTheClockIsRight() {
        SpoolDirectory directory = open(10, 1 << 20);
        directory.put(result("t1", "x"), "down");
        Instant now = clock.instant();
        Instant wrong = now.plus(Duration.ofHours(1));
        directory.failed(directory.due(wrong, 10).get(0), "still down", wrong, Duration.ofMinutes(5));
        assertThat(directory.hasDue(wrong.plusSeconds(299))).isFalse();

        assertThat(directory.due(now, 10)).hasSize(1);
    }

    private SpoolDirectory open(int files, long bytes) {
        return new SpoolDirectory(directory(), files, bytes, texts, clock);
    }

    private Arrival result(String id, String code) {
        return new Arrival.Result(LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                .code(code)
                .build());
    }

    private static List<String> filesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
