package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry.NewerFormatException;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.FailedQuery.Position;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files kept while the store is down (contract, section 7), one per item, named by the digest of its id. An entry is
 * acknowledged once its file is written, flushed and renamed into place. Thread-safe: one thread at a time uses the disk.
 */
public final class SpoolDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);
    private static final int MAX_FILE = 1 << 20;
    /** An entry takes a few times its file's size in memory. */
    private static final long MAX_READ_AT_ONCE = 4 << 20;

    private static final Duration UNREADABLE_PAUSE = Duration.ofMinutes(1);
    private static final Duration LIST_INTERVAL = Duration.ofSeconds(10);

    private static final Comparator<SpooledFile> BY_AGE =
            Comparator.<SpooledFile, Instant>comparing(file -> file.createdAt).thenComparing(file -> file.key);
    /** Discards first, since nothing may deliver their items, then those that were not tried yet or have waited longest. */
    private static final Comparator<SpooledFile> BY_NEED = Comparator.<SpooledFile, Boolean>comparing(
                    file -> !file.discarded)
            .thenComparing(file -> file.dueAt)
            .thenComparing(BY_AGE);

    private final Path directory;
    private final int maxFiles;
    private final long maxBytes;
    private final ResultText texts;
    private final Clock clock;
    /** By the digest of the id. Changed while the monitor is held; read without it, since a disk may hang. */
    private final Map<String, SpooledFile> files = new ConcurrentHashMap<>();

    private final LogThrottle log = new LogThrottle(System::nanoTime);
    private volatile Instant listedAt = Instant.EPOCH;
    /** How far the engine's time, by which entries are due, is ahead of this node's clock. */
    private volatile Duration ahead = Duration.ZERO;

    private volatile int damaged;
    /** The size of all files. Guarded by the monitor. */
    private long bytes;

    private final AtomicBoolean listing = new AtomicBoolean();
    private final Object dueLock = new Object();
    /** What is left of the files that were found due, for further batches: each look at all of them takes long. */
    private Queue<SpooledFile> foundDue = new PriorityQueue<>(BY_NEED);
    /** Whether a file is to be tried before those of {@link #foundDue}. */
    private volatile boolean foundIsOutdated;

    /**
     * Opens the spool, and creates its directory where it is missing.
     *
     * @throws LateUnavailableException where it cannot be created
     */
    public SpoolDirectory(Path directory, int maxFiles, long maxBytes, ResultText texts, Clock clock) {
        this.directory = directory;
        this.maxFiles = maxFiles;
        this.maxBytes = maxBytes;
        this.texts = texts;
        this.clock = clock;
        try {
            DurableFiles.makeDirectory(directory);
        } catch (IOException e) {
            throw new LateUnavailableException("The spool cannot be created in late-dir: " + directory, e);
        }
        refresh();
    }

    /** How much the spool holds; damaged files are not among its files, those of a newer version of this library are. */
    public record Load(int files, long bytes, @Nullable Instant oldest, int damaged, int newer) {}

    /**
     * Spools what the store did not take. The first result of an item wins, unless its outcome is EXPIRED or UNCONFIRMED;
     * a discard replaces it.
     *
     * @return {@code SPOOLED}, or {@code DUPLICATE} or {@code DIFFERENT} where the spool holds the result's item
     * @throws LateUnavailableException where the spool is full, or when the disk fails
     */
    public synchronized AcceptResult put(Arrival content, String error) {
        AcceptResult outcome =
                content instanceof Arrival.Result result ? compare(result.result()) : AcceptResult.SPOOLED;
        if (outcome == AcceptResult.SPOOLED) {
            write(content, AsciiText.bounded(error));
        }
        return outcome;
    }

    /** Returns {@code SPOOLED} where the result is to be written. */
    private AcceptResult compare(LateResult result) {
        SpoolEntry present = find(result.getId()).orElse(null);
        if (present == null) {
            if (contains(result.getId())) {
                throw new LateUnavailableException("The item's spooled file cannot be read, and is not replaced");
            }
            return AcceptResult.SPOOLED;
        }
        LateResult earlier = present.result();
        boolean isSameKind = present.content().kind() == result.getKind();
        boolean isSame =
                earlier != null && isSameKind && ResultText.digest(earlier).equals(ResultText.digest(result));
        if (present.isDiscarded() || isSame) {
            return AcceptResult.DUPLICATE;
        }
        boolean isBetter = earlier == null
                || (!LateStore.isConclusive(earlier.getOutcome()) && LateStore.isConclusive(result.getOutcome()));
        return isSameKind && isBetter ? AcceptResult.SPOOLED : AcceptResult.DIFFERENT;
    }

    /**
     * Replaces the entry of an item by its discard, which is drained into the store when it works.
     *
     * @return the entry that was replaced, empty where there was none
     * @throws LateUnavailableException when the disk fails; nothing is changed then
     */
    public synchronized Optional<SpoolEntry> discard(String id, Instant purgeAt) {
        Optional<SpoolEntry> present = find(id).filter(entry -> !entry.isDiscarded());
        present.ifPresent(entry -> putDiscard(id, entry.content().kind(), purgeAt));
        return present;
    }

    /** Spools the discard of an item; throws as {@link #put}. */
    public synchronized void putDiscard(String id, LateKind kind, Instant purgeAt) {
        put(new Arrival.Discard(id, kind, purgeAt), "An operator discarded the item");
        deleteResult(Ids.key(id));
    }

    private void write(Arrival content, String error) {
        // In a precision that every file system supports.
        Instant createdAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] text = SpoolEntry.write(content, error, createdAt, texts);
        boolean discarded = content instanceof Arrival.Discard;
        SpooledFile file = new SpooledFile(Ids.key(content.id()), discarded, text.length, createdAt);
        SpooledFile before = files.get(file.key);
        int count = files.size() + (before == null ? 1 : 0);
        long size = bytes + file.size - (before == null ? 0 : before.size);
        // An operator may always discard.
        if (!discarded && (count > maxFiles || size > maxBytes)) {
            throw new LateUnavailableException("The spool is full: it holds " + files.size() + " of " + maxFiles
                    + " files (late-dir-max-files) and " + bytes + " of " + maxBytes + " bytes (late-dir-max-bytes)");
        }
        try {
            DurableFiles.write(directory.resolve(file.name()), text);
        } catch (IOException e) {
            throw new LateUnavailableException("The spool cannot be written: " + directory, e);
        }
        add(file);
        if (discarded) {
            foundIsOutdated = true;
        }
    }

    private void add(SpooledFile file) {
        SpooledFile before = files.put(file.key, file);
        bytes += file.size - (before == null ? 0 : before.size);
    }

    private void remove(SpooledFile file) {
        SpooledFile removed = files.remove(file.key);
        bytes -= removed == null ? 0 : removed.size;
    }

    /**
     * Returns entries to be tried now, as many as fit into memory: discards first, then those that have waited longest. Others
     * may use the disk between two files.
     */
    public List<SpoolEntry> due(Instant now, int limit) {
        List<SpoolEntry> entries = new ArrayList<>();
        synchronized (dueLock) {
            refresh();
            if (foundDue.isEmpty() || foundIsOutdated) {
                foundIsOutdated = false;
                foundDue = found(file -> file.isDue(now), BY_NEED);
            }
            for (long size = 0; !foundDue.isEmpty() && entries.size() < limit && size <= MAX_READ_AT_ONCE; ) {
                SpooledFile file = foundDue.remove();
                if (file.isDue(now)) {
                    readUnlessReplaced(file).ifPresent(entries::add);
                    size += file.size;
                }
            }
        }
        return entries;
    }

    /**
     * Returns the wanted ones of all entries but those of discarded items, oldest first. Others may use the disk between two
     * files: an operator who looks through many delays no callback.
     *
     * @param after a position in the list, up to which no file is read; null for the beginning
     */
    public List<SpoolEntry> list(int limit, @Nullable Position after, Predicate<SpoolEntry> wanted) {
        List<SpoolEntry> entries = new ArrayList<>();
        refresh();
        Queue<SpooledFile> listed = found(file -> !file.discarded && (after == null || isAfter(file, after)), BY_AGE);
        while (!listed.isEmpty() && entries.size() < limit) {
            readUnlessReplaced(listed.remove()).filter(wanted).ifPresent(entries::add);
        }
        return entries;
    }

    /** By the time of the file, which needs no reading: that within it differs where the file is a copy. */
    private static boolean isAfter(SpooledFile file, Position position) {
        int order = file.createdAt.compareTo(position.failedSince());
        return order > 0 || (order == 0 && file.key.compareTo(position.key()) > 0);
    }

    /** Returns files in their order; a queue, since sorting all of them for each batch delays those who use the disk. */
    private Queue<SpooledFile> found(Predicate<SpooledFile> filter, Comparator<SpooledFile> order) {
        Queue<SpooledFile> found = new PriorityQueue<>(order);
        files.values().stream().filter(filter).forEach(found::add);
        return found;
    }

    private synchronized Optional<SpoolEntry> readUnlessReplaced(SpooledFile file) {
        return files.get(file.key) == file ? read(file) : Optional.empty();
    }

    /** Returns whether {@link #due} would find something, or would look for files of other processes. Does not use the disk. */
    public boolean isDue(Instant now) {
        ahead = Duration.between(clock.instant(), now);
        return hasDue(now) || isListingDue(now);
    }

    /** Returns whether the spool has an entry to be tried now. Does not use the disk. */
    public boolean hasDue(Instant now) {
        return files.values().stream().anyMatch(file -> file.isDue(now));
    }

    /** Whether the spool holds the fact that an item was discarded, which is final. Does not use the disk. */
    public boolean containsDiscard(String id) {
        SpooledFile file = files.isEmpty() ? null : files.get(Ids.key(id));
        return file != null && file.discarded;
    }

    /** Whether the spool holds an item, which must then neither be polled nor expire. */
    public boolean contains(String id) {
        return !files.isEmpty() && files.containsKey(Ids.key(id));
    }

    public synchronized Optional<SpoolEntry> find(String id) {
        return Optional.ofNullable(files.get(Ids.key(id))).flatMap(this::read);
    }

    private Optional<SpoolEntry> read(SpooledFile file) {
        Path path = directory.resolve(file.name());
        try {
            try {
                if (file.size > MAX_FILE) {
                    throw new JsonReadException("it is larger than " + MAX_FILE + " bytes");
                }
                // Its identity comes before its content: another process may replace the file between the two.
                SpooledFile current = current(file);
                byte[] text = DurableFiles.read(path, MAX_FILE);
                SpoolEntry entry = texts.read(text, members -> SpoolEntry.read(members, current));
                file.newer = false;
                return Optional.of(entry);
            } catch (NewerFormatException e) {
                file.newer = true;
                file.pause(clock.instant().plus(ahead), UNREADABLE_PAUSE);
                if (log.count("newer") > 0) {
                    LOG.warn(
                            "A spooled file was written by a newer version of this library. It stays, and its item waits,"
                                    + " until that version uses this late-dir: {}",
                            file.name());
                }
            } catch (JsonReadException e) {
                Path aside = path.resolveSibling(file.name() + SpoolListing.DAMAGED_SUFFIX);
                if (Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
                    // An earlier one of this item, which the move would replace.
                    aside = path.resolveSibling(
                            file.name() + "." + DurableFiles.randomDigits() + SpoolListing.DAMAGED_SUFFIX);
                }
                Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
                remove(file);
                LOG.error(
                        "A spooled file is damaged and was renamed to {}: {}; its item is lost unless the file is repaired"
                                + " and renamed back",
                        aside,
                        e.getMessage());
            }
        } catch (NoSuchFileException e) {
            remove(file);
        } catch (IOException e) {
            if (log.count("unreadable") > 0) {
                LOG.warn("A spooled file cannot be read or renamed and is tried again in a minute: {}", file.name(), e);
            }
            file.pause(clock.instant().plus(ahead), UNREADABLE_PAUSE);
        }
        return Optional.empty();
    }

    /** Records that the store did not take an entry; kept in memory, since a restart tries all of them at once. */
    public synchronized void failed(SpoolEntry entry, String error, Instant now, Duration pause) {
        SpooledFile file = fileOf(entry);
        if (file != null) {
            file.attempts++;
            file.error = AsciiText.bounded(error);
            postpone(entry, now, pause);
        }
    }

    /** Has an entry tried again later, without a failure: the store has no room for it. */
    public synchronized void postpone(SpoolEntry entry, Instant now, Duration pause) {
        SpooledFile file = fileOf(entry);
        if (file != null) {
            file.pause(now, pause);
            // The rest of its batch may not have been tried.
            foundIsOutdated = true;
        }
    }

    /** Returns null where another entry, of this process or of one beside it, has replaced this one. */
    private @Nullable SpooledFile fileOf(SpoolEntry entry) {
        SpooledFile file = files.get(Ids.key(entry.id()));
        return file == entry.version() ? file : null;
    }

    /** Makes the entry of an item due now; returns false where the spool has none. */
    public synchronized boolean retry(String id) {
        SpooledFile file = files.get(Ids.key(id));
        if (file == null || file.discarded) {
            return false;
        }
        file.dueAt = Instant.MIN;
        foundIsOutdated = true;
        return true;
    }

    /** Deletes an entry that the store has taken, unless another has replaced it. */
    public synchronized void delete(SpoolEntry entry) {
        SpooledFile file = fileOf(entry);
        if (file == null) {
            return;
        }
        if (file.discarded) {
            deleteResult(file.key);
        }
        try {
            if (current(file) == file) {
                Files.deleteIfExists(directory.resolve(file.name()));
                remove(file);
            }
        } catch (NoSuchFileException e) {
            remove(file);
        } catch (IOException e) {
            throw new LateUnavailableException("A spooled file cannot be deleted: " + file.name(), e);
        }
    }

    /** Returns the file, or another object where a process beside this one, which acknowledged it, has replaced it. */
    private SpooledFile current(SpooledFile file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(
                directory.resolve(file.name()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Object identity = attributes.fileKey();
        SpooledFile current = file.identity == null || file.identity.equals(identity)
                ? file
                : new SpooledFile(file.key, file.discarded, attributes.size(), file.createdAt);
        current.identity = identity;
        if (current != file) {
            add(current);
        }
        return current;
    }

    private void deleteResult(String key) {
        try {
            Files.deleteIfExists(directory.resolve(key + ".json"));
        } catch (IOException e) {
            LOG.debug("The spooled result of a discarded item stays, and is ignored", e);
        }
    }

    /** Returns how full the spool is in percent, by files or by bytes, whichever is more. */
    public int percentFull() {
        Load load = load();
        double full = Math.max((double) load.files() / maxFiles, (double) load.bytes() / maxBytes);
        return (int) (Math.min(full, 1) * 100);
    }

    public Load load() {
        int count = 0;
        long bytes = 0;
        int newer = 0;
        Instant oldest = null;
        for (SpooledFile file : files.values()) {
            count++;
            bytes += file.size;
            newer += file.newer ? 1 : 0;
            oldest = oldest == null || file.createdAt.isBefore(oldest) ? file.createdAt : oldest;
        }
        return new Load(count, bytes, oldest, damaged, newer);
    }

    private boolean isListingDue(Instant now) {
        // A clock may be set back.
        return Duration.between(listedAt, now).abs().compareTo(LIST_INTERVAL) >= 0;
    }

    /** Lists the directory every ten seconds, for files of other processes; reads none. Nobody waits for it to use the disk. */
    private void refresh() {
        Instant now = clock.instant();
        if (isListingDue(now) && listing.compareAndSet(false, true)) {
            // What is spooled or deleted meanwhile may be listed or not.
            Map<String, SpooledFile> before = new HashMap<>(files);
            try {
                SpoolListing listed = SpoolListing.of(directory, now, log);
                damaged = listed.damaged();
                update(before, listed.files());
            } catch (IOException | DirectoryIteratorException e) {
                if (log.count("unlisted") > 0) {
                    LOG.warn(
                            "The spool cannot be listed, so files of earlier processes wait: {}; check the directory's"
                                    + " permissions",
                            directory,
                            e);
                }
            } finally {
                listedAt = clock.instant();
                listing.set(false);
            }
        }
    }

    private synchronized void update(Map<String, SpooledFile> before, Map<String, SpooledFile> found) {
        before.values().stream()
                .filter(file -> !isSameKind(file, found.get(file.key)) && files.get(file.key) == file)
                .forEach(this::remove);
        for (SpooledFile file : found.values()) {
            if (!isSameKind(file, before.get(file.key)) && !files.containsKey(file.key)) {
                add(file);
                if (file.discarded) {
                    foundIsOutdated = true;
                }
            }
        }
    }

    private static boolean isSameKind(SpooledFile file, @Nullable SpooledFile other) {
        return other != null && other.discarded == file.discarded;
    }
}
