package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files kept while the store is down (contract, section 7), one per item, named by the digest of its id. An entry is
 * acknowledged once its file is written, flushed and renamed into place. Thread-safe: one thread at a time uses the disk.
 */
public final class SpoolDirectory {
    static final String TEMPORARY_SUFFIX = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);
    private static final String DAMAGED_SUFFIX = ".damaged";
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.(json|discarded)");
    /** A result has at most 64 KiB, six times as much when escaped; an envelope 64 KiB. */
    private static final long MAX_FILE = 1 << 20;
    /** An entry takes a few times its file's size in memory. */
    private static final long MAX_READ_AT_ONCE = 4 << 20;

    private static final Duration UNREADABLE_PAUSE = Duration.ofMinutes(1);
    private static final Duration LIST_INTERVAL = Duration.ofSeconds(10);
    /** A temporary file of this age belongs to a process that died before it acknowledged anything. */
    private static final Duration ABANDONED = Duration.ofMinutes(10);

    private final Path directory;
    private final int maxFiles;
    private final long maxBytes;
    private final ResultText texts;
    private final Clock clock;
    /** By the digest of the id. Changed while the monitor is held; read without it, since a disk may hang. */
    private final Map<String, SpooledFile> files = new ConcurrentHashMap<>();

    private Instant listedAt = Instant.EPOCH;
    private boolean unlisted;
    private volatile int damaged;
    private volatile boolean backlog;

    private SpoolDirectory(Path directory, int maxFiles, long maxBytes, ResultText texts, Clock clock) {
        this.directory = directory;
        this.maxFiles = maxFiles;
        this.maxBytes = maxBytes;
        this.texts = texts;
        this.clock = clock;
    }

    /** One file; another object stands for a file that has replaced it. */
    static final class SpooledFile {
        final String key;
        final boolean discarded;
        final long size;
        final Instant createdAt;
        int attempts;

        @Nullable
        String error;

        Instant dueAt = Instant.MIN;

        SpooledFile(String key, boolean discarded, long size, Instant createdAt) {
            this.key = key;
            this.discarded = discarded;
            this.size = size;
            this.createdAt = createdAt;
        }

        String name() {
            return key + (discarded ? ".discarded" : ".json");
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
        opened.refresh(clock.instant());
        return opened;
    }

    /**
     * Spools a result. The first one of an item wins, unless its outcome is EXPIRED or UNCONFIRMED.
     *
     * @return {@code SPOOLED}, or {@code DUPLICATE} or {@code DIFFERENT} where the spool holds the item
     * @throws LateUnavailableException where the spool is full, or when the disk fails
     */
    public synchronized AcceptResult put(LateResult result, String error) {
        SpoolEntry present = find(result.getId()).orElse(null);
        if (present == null && holds(result.getId())) {
            throw new LateUnavailableException("The item's spooled file cannot be read, and is not replaced");
        }
        LateResult known = present == null ? null : present.result();
        boolean isSame = known != null
                && known.getKind() == result.getKind()
                && ResultText.digest(known).equals(ResultText.digest(result));
        if (present != null && (present.isDiscarded() || isSame)) {
            return AcceptResult.DUPLICATE;
        }
        boolean stays =
                known != null && (LateStore.isKnown(known.getOutcome()) || !LateStore.isKnown(result.getOutcome()));
        if (present != null && (present.kind() != result.getKind() || stays)) {
            return AcceptResult.DIFFERENT;
        }
        write(SpoolEntry.of(result, AsciiText.bounded(error), now()));
        return AcceptResult.SPOOLED;
    }

    /** Spools the record of a request that was allowed unverified; throws as the other method. */
    public synchronized void put(FailOpenRecord failOpen, String error) {
        write(SpoolEntry.of(failOpen, AsciiText.bounded(error), now()));
    }

    /**
     * Replaces the entry of an item by its discard, which is drained into the store when it works.
     *
     * @return the entry that was replaced, empty where there was none
     * @throws LateUnavailableException when the disk fails; nothing is changed then
     */
    public synchronized Optional<SpoolEntry> discard(String id) {
        Optional<SpoolEntry> present = find(id).filter(entry -> !entry.isDiscarded());
        present.ifPresent(entry -> {
            write(SpoolEntry.discarded(id, entry.kind(), now()));
            deleteResult(Ids.key(id));
        });
        return present;
    }

    /** Spools the discard of an item that only the store may have; throws as {@link #put(LateResult, String)}. */
    public synchronized void putDiscard(String id) {
        // The kind matters only where the store does not have the item either.
        write(SpoolEntry.discarded(id, LateKind.TASK, now()));
    }

    /** Returns the time in a precision that every file system supports. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void write(SpoolEntry entry) {
        byte[] text = entry.write(texts);
        SpooledFile file = new SpooledFile(Ids.key(entry.id()), entry.isDiscarded(), text.length, entry.createdAt());
        SpooledFile before = files.get(file.key);
        Load load = load();
        int count = load.files() + (before == null ? 1 : 0);
        long bytes = load.bytes() + file.size - (before == null ? 0 : before.size);
        // An operator may always discard.
        if (!file.discarded && (count > maxFiles || bytes > maxBytes)) {
            throw new LateUnavailableException("The spool is full: it holds " + load.files() + " of " + maxFiles
                    + " files (late-dir-max-files) and " + load.bytes() + " of " + maxBytes
                    + " bytes (late-dir-max-bytes)");
        }
        try {
            DurableFiles.write(directory.resolve(file.name()), text);
        } catch (IOException e) {
            throw new LateUnavailableException("The spool cannot be written: " + directory, e);
        }
        files.put(file.key, file);
    }

    /** Returns entries to be tried now: discarded items first, then the oldest. */
    public synchronized List<SpoolEntry> due(Instant now, int limit) {
        refresh(now);
        List<SpooledFile> due = inOrder(file -> !now.isBefore(file.dueAt));
        List<SpoolEntry> entries = new ArrayList<>();
        long size = 0;
        int next = 0;
        while (next < due.size() && entries.size() < limit && size <= MAX_READ_AT_ONCE) {
            SpooledFile file = due.get(next++);
            read(file).ifPresent(entries::add);
            size += file.size;
        }
        backlog = next < due.size();
        return entries;
    }

    /** Returns entries of discarded items to be tried now. */
    public synchronized List<SpoolEntry> dueDiscards(Instant now, int limit) {
        refresh(now);
        return read(inOrder(file -> file.discarded && !now.isBefore(file.dueAt)), limit);
    }

    /** Returns all entries but those of discarded items, oldest first. */
    public synchronized List<SpoolEntry> list(int limit) {
        refresh(clock.instant());
        return read(inOrder(file -> !file.discarded), limit);
    }

    /** Returns files: discarded items first, since nothing may deliver them, then the oldest. */
    private List<SpooledFile> inOrder(Predicate<SpooledFile> filter) {
        return files.values().stream()
                .filter(filter)
                .sorted(Comparator.<SpooledFile, Boolean>comparing(file -> !file.discarded)
                        .thenComparing(file -> file.createdAt)
                        .thenComparing(file -> file.key))
                .toList();
    }

    private List<SpoolEntry> read(List<SpooledFile> found, int limit) {
        return found.stream()
                .map(this::read)
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
        return !files.isEmpty() && files.containsKey(Ids.key(id));
    }

    public synchronized Optional<SpoolEntry> find(String id) {
        return Optional.ofNullable(files.get(Ids.key(id))).flatMap(this::read);
    }

    private Optional<SpoolEntry> read(SpooledFile file) {
        Path path = directory.resolve(file.name());
        try {
            if (file.size > MAX_FILE) {
                throw new JsonReadException("it is larger than " + MAX_FILE + " bytes");
            }
            SpoolEntry entry = SpoolEntry.read(Files.readAllBytes(path), texts, file);
            if (!Ids.key(entry.id()).equals(file.key)) {
                throw new JsonReadException("its name is not the digest of its id");
            }
            return Optional.of(entry);
        } catch (NoSuchFileException e) {
            files.remove(file.key);
        } catch (JsonReadException e) {
            setAside(file, path, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            pause(file, e);
        }
        return Optional.empty();
    }

    private void pause(SpooledFile file, IOException cause) {
        Instant now = clock.instant();
        if (!now.isBefore(file.dueAt)) {
            LOG.warn("A spooled file cannot be read or renamed and is tried again in a minute: {}", file.name(), cause);
        }
        file.dueAt = now.plus(UNREADABLE_PAUSE);
    }

    private void setAside(SpooledFile file, Path path, String problem) {
        Path aside = path.resolveSibling(file.name() + DAMAGED_SUFFIX);
        try {
            Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
            files.remove(file.key);
            LOG.error(
                    "A spooled file is damaged and was renamed to {}: {}; its item is lost unless the file is repaired and"
                            + " renamed back",
                    aside,
                    problem);
        } catch (IOException e) {
            pause(file, e);
        }
    }

    /** Records that the store did not take an entry; kept in memory, since a restart tries all of them at once. */
    public synchronized void failed(SpoolEntry entry, String error, Instant retryAt) {
        SpooledFile file = files.get(Ids.key(entry.id()));
        if (file != null && file == entry.version()) {
            file.attempts++;
            file.error = AsciiText.bounded(error);
            file.dueAt = retryAt;
        }
    }

    /** Makes the entry of an item due now; returns false where the spool has none. */
    public synchronized boolean retry(String id) {
        SpooledFile file = files.get(Ids.key(id));
        if (file == null || file.discarded) {
            return false;
        }
        file.dueAt = Instant.MIN;
        return true;
    }

    /** Makes all entries due now; returns how many there are. */
    public synchronized int retryAll() {
        List<SpooledFile> found = inOrder(file -> !file.discarded);
        found.forEach(file -> file.dueAt = Instant.MIN);
        return found.size();
    }

    /** Deletes an entry that the store has taken, unless another has replaced it meanwhile. */
    public synchronized void delete(SpoolEntry entry) {
        SpooledFile file = files.get(Ids.key(entry.id()));
        if (file == null || file != entry.version()) {
            return;
        }
        if (file.discarded) {
            deleteResult(file.key);
        }
        try {
            Files.deleteIfExists(directory.resolve(file.name()));
            files.remove(file.key);
        } catch (IOException e) {
            throw new LateUnavailableException("A spooled file cannot be deleted: " + file.name(), e);
        }
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
        return (int) Math.round(Math.min(full, 1) * 100);
    }

    public Load load() {
        List<SpooledFile> held = List.copyOf(files.values());
        long bytes = held.stream().mapToLong(file -> file.size).sum();
        Instant oldest = held.stream()
                .map(file -> file.createdAt)
                .min(Comparator.naturalOrder())
                .orElse(null);
        return new Load(held.size(), bytes, oldest, damaged);
    }

    /** Lists the directory every ten seconds, for files of other processes; reads none. */
    private synchronized void refresh(Instant now) {
        // A clock may be set back.
        if (Duration.between(listedAt, now).abs().compareTo(LIST_INTERVAL) < 0) {
            return;
        }
        listedAt = now;
        Map<String, SpooledFile> found = new HashMap<>();
        int foundDamaged = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (entry.toString().endsWith(DAMAGED_SUFFIX)) {
                    foundDamaged++;
                } else {
                    examine(entry, found, now);
                }
            }
            unlisted = false;
        } catch (IOException | DirectoryIteratorException e) {
            if (!unlisted) {
                LOG.warn(
                        "The spool cannot be listed, so files of earlier processes wait: {}; check the directory's"
                                + " permissions",
                        directory,
                        e);
            }
            unlisted = true;
            return;
        }
        damaged = foundDamaged;
        files.values().removeIf(file -> {
            SpooledFile other = found.get(file.key);
            return other == null || other.discarded != file.discarded;
        });
        found.forEach(files::putIfAbsent);
    }

    private static void examine(Path entry, Map<String, SpooledFile> found, Instant now) throws IOException {
        String name = String.valueOf(entry.getFileName());
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Instant modified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MILLIS);
            Matcher matcher = NAME.matcher(name);
            if (!attributes.isRegularFile()) {
                return;
            }
            if (matcher.matches()) {
                boolean discarded = matcher.group(2).equals("discarded");
                SpooledFile file = new SpooledFile(matcher.group(1), discarded, attributes.size(), modified);
                // The discard of an item replaces its result.
                found.merge(file.key, file, (one, other) -> one.discarded ? one : other);
            } else if (name.endsWith(TEMPORARY_SUFFIX)
                    && modified.plus(ABANDONED).isBefore(now)) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("Another process drained or renamed {} meanwhile", name, e);
        }
    }
}
