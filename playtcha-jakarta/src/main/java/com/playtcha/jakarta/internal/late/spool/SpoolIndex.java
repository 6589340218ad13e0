package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spool's files by the digest of their item's id. Files of this process are added at once, those of others when the
 * directory is listed, every ten seconds; no file is read. Thread-safe.
 */
final class SpoolIndex {
    static final String SUFFIX = ".json";
    static final String DISCARDED_SUFFIX = ".discarded";
    static final String DAMAGED_SUFFIX = ".damaged";
    static final String TEMPORARY_SUFFIX = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger(SpoolIndex.class);
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})(\\.json|\\.discarded)");
    private static final Duration LIST_INTERVAL = Duration.ofSeconds(10);
    /** A temporary file of this age belongs to a process that died before it acknowledged anything. */
    private static final Duration ABANDONED = Duration.ofMinutes(10);

    private final Path directory;
    private final Map<String, SpooledFile> files = new HashMap<>();
    private int damaged;
    private Instant listedAt = Instant.MIN;
    private boolean unlisted;

    SpoolIndex(Path directory) {
        this.directory = directory;
    }

    /** One file; another object stands for a file that has replaced it. */
    static final class SpooledFile {
        final String key;
        final boolean discarded;
        final long size;
        final Instant createdAt;
        boolean written;
        int attempts;

        @Nullable
        String error;

        private Instant heldAt = Instant.MIN;
        private Instant dueAt = Instant.MIN;

        SpooledFile(String key, boolean discarded, long size, Instant createdAt) {
            this.key = key;
            this.discarded = discarded;
            this.size = size;
            this.createdAt = createdAt;
        }

        String name() {
            return key + (discarded ? DISCARDED_SUFFIX : SUFFIX);
        }

        /** A clock that is set back does not prolong the time. */
        boolean isHeld(Instant now) {
            return now.isBefore(dueAt) && !now.isBefore(heldAt);
        }

        Instant dueAt() {
            return dueAt.isBefore(createdAt) ? createdAt : dueAt;
        }

        void hold(Instant now, Instant until) {
            heldAt = now;
            dueAt = until;
        }
    }

    synchronized @Nullable SpooledFile get(String key) {
        return files.get(key);
    }

    /** Adds a file before it is written, so that it counts and its id is known. */
    synchronized void reserve(SpooledFile file, int maxFiles, long maxBytes) {
        SpooledFile before = files.get(file.key);
        SpoolDirectory.Load load = load();
        int count = load.files() + (before == null ? 1 : 0);
        long bytes = load.bytes() + file.size - (before == null ? 0 : before.size);
        // A discarded item may always take the place of its result.
        if (!(file.discarded && before != null) && (count > maxFiles || bytes > maxBytes)) {
            throw new LateUnavailableException("The spool is full: it holds " + load.files() + " of " + maxFiles
                    + " files (late-dir-max-files) and " + load.bytes() + " of " + maxBytes
                    + " bytes (late-dir-max-bytes)");
        }
        files.put(file.key, file);
    }

    /** Undoes {@link #reserve}. */
    synchronized void restore(SpooledFile file, @Nullable SpooledFile before) {
        remove(file);
        if (before != null) {
            files.put(before.key, before);
        }
    }

    synchronized void written(SpooledFile file) {
        file.written = true;
    }

    synchronized void remove(SpooledFile file) {
        files.remove(file.key, file);
    }

    /** Returns the files that are written: discarded items first, since nothing may deliver them, then the oldest. */
    synchronized List<SpooledFile> inOrder(Predicate<SpooledFile> filter) {
        return files.values().stream()
                .filter(file -> file.written)
                .filter(filter)
                .sorted(Comparator.<SpooledFile, Boolean>comparing(file -> !file.discarded)
                        .thenComparing(file -> file.createdAt)
                        .thenComparing(file -> file.key))
                .toList();
    }

    synchronized SpoolDirectory.Load load() {
        long bytes = 0;
        Instant oldest = null;
        for (SpooledFile file : files.values()) {
            bytes += file.size;
            oldest = oldest == null || file.createdAt.isBefore(oldest) ? file.createdAt : oldest;
        }
        return new SpoolDirectory.Load(files.size(), bytes, oldest, damaged);
    }

    /** Lists the directory where the last time is ten seconds ago, or a clock was set back. */
    void refresh(Instant now) {
        List<SpooledFile> before;
        synchronized (this) {
            if (!now.isBefore(listedAt) && now.isBefore(listedAt.plus(LIST_INTERVAL))) {
                return;
            }
            listedAt = now;
            before = inOrder(file -> true);
        }
        // In reverse order of names, so that the discard of an item comes after its result and replaces it.
        Map<String, SpooledFile> found = new TreeMap<>(Comparator.reverseOrder());
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
        merge(found, foundDamaged, before);
    }

    private static void examine(Path entry, Map<String, SpooledFile> found, Instant now) throws IOException {
        String name = String.valueOf(entry.getFileName());
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Instant modified = attributes.lastModifiedTime().toInstant();
            Matcher matcher = NAME.matcher(name);
            if (attributes.isRegularFile() && matcher.matches()) {
                boolean discarded = matcher.group(2).equals(DISCARDED_SUFFIX);
                found.put(name, new SpooledFile(matcher.group(1), discarded, attributes.size(), modified));
            } else if (name.endsWith(TEMPORARY_SUFFIX)
                    && attributes.isRegularFile()
                    && modified.plus(ABANDONED).isBefore(now)) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("Another process drained or renamed {} meanwhile", name, e);
        }
    }

    /** Files that this process wrote while the directory was listed may be missing from the list, and stay. */
    private synchronized void merge(Map<String, SpooledFile> found, int foundDamaged, List<SpooledFile> before) {
        damaged = foundDamaged;
        for (SpooledFile file : before) {
            if (!found.containsKey(file.name())) {
                remove(file);
            }
        }
        Set<String> known = Set.copyOf(files.keySet());
        for (SpooledFile file : found.values()) {
            if (!known.contains(file.key)) {
                file.written = true;
                files.put(file.key, file);
            }
        }
    }
}
