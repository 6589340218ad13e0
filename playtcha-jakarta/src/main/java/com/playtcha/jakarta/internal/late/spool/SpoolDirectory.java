package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.SpoolIndex.SpooledFile;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files kept while the store is down (contract, section 7), one per item, named by the digest of its id. An entry is
 * acknowledged once its file is written, flushed and renamed into place. Thread-safe.
 */
public final class SpoolDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);
    /** A result has at most 64 KiB, six times as much when escaped; an envelope 64 KiB. */
    private static final long MAX_FILE = 1 << 20;
    /** An entry takes a few times its file's size in memory. */
    private static final long MAX_READ_AT_ONCE = 4 << 20;

    private static final Duration UNREADABLE_PAUSE = Duration.ofMinutes(1);

    private final Path directory;
    private final int maxFiles;
    private final long maxBytes;
    private final SpoolCodec codec;
    private final Clock clock;
    private final SpoolIndex index;
    /** By the first digit of the key; a file is not replaced while its lock is held. */
    private final Object[] locks = new Object[16];

    private volatile boolean backlog;

    private SpoolDirectory(Path directory, int maxFiles, long maxBytes, ResultText texts, Clock clock) {
        this.directory = directory;
        this.maxFiles = maxFiles;
        this.maxBytes = maxBytes;
        this.codec = new SpoolCodec(texts);
        this.clock = clock;
        this.index = new SpoolIndex(directory);
        for (int i = 0; i < locks.length; i++) {
            locks[i] = new Object();
        }
    }

    /** How much the spool holds; damaged files are not among its files. */
    public record Load(int files, long bytes, @Nullable Instant oldest, int damaged) {}

    /**
     * Opens the spool, and creates its directory where it is missing.
     *
     * @throws LateUnavailableException where it cannot be created
     */
    public static SpoolDirectory open(Path directory, int maxFiles, long maxBytes, ResultText texts, Clock clock) {
        SpoolDirectory opened = new SpoolDirectory(directory, maxFiles, maxBytes, texts, clock);
        try {
            DurableFiles.makeDirectory(directory);
        } catch (IOException e) {
            throw new LateUnavailableException("The spool cannot be created in late-dir: " + directory, e);
        }
        opened.index.refresh(clock.instant());
        return opened;
    }

    /**
     * Spools a result. The first one of an item wins, unless its outcome is EXPIRED or UNCONFIRMED.
     *
     * @return {@code SPOOLED}, or {@code DUPLICATE} or {@code DIFFERENT} where the spool holds the item
     * @throws LateUnavailableException where the spool is full, or when the disk fails
     */
    public AcceptResult put(LateResult result, String error) {
        String key = Ids.key(result.getId());
        synchronized (lockOf(key)) {
            SpoolEntry present = present(key).orElse(null);
            if (present == null && index.get(key) != null) {
                throw new LateUnavailableException("The item's spooled file cannot be read, and is not replaced");
            }
            if (present != null && present.isDiscarded()) {
                return AcceptResult.DUPLICATE;
            }
            if (present != null && present.kind() != result.getKind()) {
                return AcceptResult.DIFFERENT;
            }
            LateResult known = present == null ? null : present.result();
            if (known != null && ResultText.digest(known).equals(ResultText.digest(result))) {
                return AcceptResult.DUPLICATE;
            }
            if (known != null && (LateStore.isKnown(known.getOutcome()) || !LateStore.isKnown(result.getOutcome()))) {
                return AcceptResult.DIFFERENT;
            }
            write(key, SpoolEntry.of(result, AsciiText.bounded(error), now()));
            return AcceptResult.SPOOLED;
        }
    }

    /** Spools the record of a request that was allowed unverified; throws as the other method. */
    public void put(FailOpenRecord failOpen, String error) {
        String key = Ids.key(failOpen.item().id());
        synchronized (lockOf(key)) {
            write(key, SpoolEntry.of(failOpen, AsciiText.bounded(error), now()));
        }
    }

    /**
     * Replaces the entry of an item by its discard, which is drained into the store when it works.
     *
     * @return the entry that was replaced, empty where there was none
     * @throws LateUnavailableException when the disk fails; nothing is changed then
     */
    public Optional<SpoolEntry> discard(String id) {
        String key = Ids.key(id);
        synchronized (lockOf(key)) {
            Optional<SpoolEntry> present = present(key).filter(entry -> !entry.isDiscarded());
            present.ifPresent(entry -> {
                write(key, SpoolEntry.discarded(id, entry.kind(), now()));
                deleteResult(key);
            });
            return present;
        }
    }

    /** Spools the discard of an item that only the store may have; throws as {@link #put(LateResult, String)}. */
    public void putDiscard(String id) {
        String key = Ids.key(id);
        synchronized (lockOf(key)) {
            // The kind matters only where the store does not have the item either.
            write(key, SpoolEntry.discarded(id, LateKind.TASK, now()));
        }
    }

    private Object lockOf(String key) {
        return locks[Character.digit(key.charAt(0), 16)];
    }

    /** Returns the time in a precision that every file system supports. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void write(String key, SpoolEntry entry) {
        byte[] text = codec.write(entry);
        SpooledFile file = new SpooledFile(key, entry.isDiscarded(), text.length, entry.createdAt());
        SpooledFile before = index.get(key);
        index.reserve(file, maxFiles, maxBytes);
        Path path = directory.resolve(file.name());
        boolean written = false;
        try {
            DurableFiles.write(path, text);
            written = true;
            index.written(file);
            Files.setLastModifiedTime(path, FileTime.from(entry.createdAt()));
        } catch (IOException e) {
            if (!written) {
                throw new LateUnavailableException("The spool cannot be written: " + directory, e);
            }
            LOG.debug("The spooled file keeps the time of the file system", e);
        } finally {
            if (!written) {
                index.restore(file, before);
            }
        }
    }

    /** Returns entries to be tried now: discarded items first, then the oldest. */
    public List<SpoolEntry> due(Instant now, int limit) {
        index.refresh(now);
        List<SpooledFile> due = index.inOrder(file -> !file.isHeld(now));
        List<SpoolEntry> entries = new ArrayList<>();
        long size = 0;
        int next = 0;
        while (next < due.size() && entries.size() < limit && size <= MAX_READ_AT_ONCE) {
            SpooledFile file = due.get(next++);
            readLocked(file).ifPresent(entries::add);
            size += file.size;
        }
        backlog = next < due.size();
        return entries;
    }

    /** Returns entries of discarded items to be tried now. */
    public List<SpoolEntry> dueDiscards(Instant now, int limit) {
        index.refresh(now);
        return read(index.inOrder(file -> file.discarded && !file.isHeld(now)), limit);
    }

    /** Returns all entries but those of discarded items, oldest first. */
    public List<SpoolEntry> list(int limit) {
        index.refresh(clock.instant());
        return read(index.inOrder(file -> !file.discarded), limit);
    }

    private List<SpoolEntry> read(List<SpooledFile> files, int limit) {
        return files.stream()
                .map(this::readLocked)
                .flatMap(Optional::stream)
                .limit(limit)
                .toList();
    }

    /** Whether the last {@link #due} left entries that are due. */
    public boolean hasBacklog() {
        return backlog;
    }

    /** Whether the spool holds an item, which must then neither be polled nor expire. */
    public boolean holds(String id) {
        return index.get(Ids.key(id)) != null;
    }

    public Optional<SpoolEntry> find(String id) {
        String key = Ids.key(id);
        synchronized (lockOf(key)) {
            return present(key);
        }
    }

    private Optional<SpoolEntry> present(String key) {
        return Optional.ofNullable(index.get(key)).flatMap(this::read);
    }

    private Optional<SpoolEntry> readLocked(SpooledFile file) {
        synchronized (lockOf(file.key)) {
            return index.get(file.key) == file ? read(file) : Optional.empty();
        }
    }

    private Optional<SpoolEntry> read(SpooledFile file) {
        Path path = directory.resolve(file.name());
        try {
            if (file.size > MAX_FILE) {
                throw new JsonReadException("it is larger than " + MAX_FILE + " bytes");
            }
            SpoolEntry entry = codec.read(Files.readAllBytes(path));
            if (!Ids.key(entry.id()).equals(file.key)) {
                throw new JsonReadException("its name is not the digest of its id");
            }
            return Optional.of(entry.of(file));
        } catch (NoSuchFileException e) {
            index.remove(file);
        } catch (JsonReadException e) {
            setAside(file, path, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            pause(file, e);
        }
        return Optional.empty();
    }

    private void pause(SpooledFile file, IOException cause) {
        Instant now = clock.instant();
        if (!file.isHeld(now)) {
            LOG.warn("A spooled file cannot be read or renamed and is tried again in a minute: {}", file.name(), cause);
        }
        file.hold(now, now.plus(UNREADABLE_PAUSE));
    }

    private void setAside(SpooledFile file, Path path, String problem) {
        Path damaged = path.resolveSibling(file.name() + SpoolIndex.DAMAGED_SUFFIX);
        try {
            Files.move(path, damaged, StandardCopyOption.ATOMIC_MOVE);
            index.remove(file);
            LOG.error(
                    "A spooled file is damaged and was renamed to {}: {}; its item is lost unless the file is repaired and"
                            + " renamed back",
                    damaged,
                    problem);
        } catch (IOException e) {
            pause(file, e);
        }
    }

    /** Records that the store did not take an entry; kept in memory, since a restart tries all of them at once. */
    public void failed(SpoolEntry entry, String error, Instant retryAt) {
        SpooledFile file = index.get(Ids.key(entry.id()));
        if (file != null && file == entry.version()) {
            file.attempts = entry.attempts() + 1;
            file.error = AsciiText.bounded(error);
            file.hold(clock.instant(), retryAt);
        }
    }

    /** Makes the entry of an item due now; returns false where the spool has none. */
    public boolean retry(String id) {
        SpooledFile file = index.get(Ids.key(id));
        if (file == null || file.discarded) {
            return false;
        }
        file.hold(Instant.MIN, Instant.MIN);
        return true;
    }

    /** Makes all entries due now; returns how many there are. */
    public int retryAll() {
        List<SpooledFile> files = index.inOrder(file -> !file.discarded);
        files.forEach(file -> file.hold(Instant.MIN, Instant.MIN));
        return files.size();
    }

    /** Deletes an entry that the store has taken, unless another has replaced it meanwhile. */
    public void delete(SpoolEntry entry) {
        String key = Ids.key(entry.id());
        synchronized (lockOf(key)) {
            SpooledFile file = index.get(key);
            if (file == null || file != entry.version()) {
                return;
            }
            if (file.discarded) {
                deleteResult(key);
            }
            try {
                Files.deleteIfExists(directory.resolve(file.name()));
                index.remove(file);
            } catch (IOException e) {
                throw new LateUnavailableException("A spooled file cannot be deleted: " + file.name(), e);
            }
        }
    }

    private void deleteResult(String key) {
        try {
            Files.deleteIfExists(directory.resolve(key + SpoolIndex.SUFFIX));
        } catch (IOException e) {
            LOG.debug("The spooled result of a discarded item stays, and is ignored", e);
        }
    }

    /** Returns how full the spool is in percent, by files or by bytes, whichever is more. */
    public int percentFull() {
        Load load = load();
        double full = Math.max((double) load.files() / maxFiles, (double) load.bytes() / maxBytes);
        return (int) Math.round(Math.min(full, 1) * 100);
    }

    public Load load() {
        return index.load();
    }
}
