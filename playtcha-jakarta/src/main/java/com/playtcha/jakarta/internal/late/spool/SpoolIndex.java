package com.playtcha.jakarta.internal.late.spool;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private static final Comparator<SpooledFile> DISCARDED_THEN_OLDEST_FIRST =
            Comparator.<SpooledFile, Boolean>comparing(file -> !file.discarded)
                    .thenComparing(file -> file.createdAt)
                    .thenComparing(file -> file.key);

    private final Path directory;
    private final Map<String, SpooledFile> files = new HashMap<>();
    private long bytes;
    private int damaged;
    private long versions;
    private Instant listedAt = Instant.MIN;
    private boolean unlisted;

    SpoolIndex(Path directory) {
        this.directory = directory;
    }

    static final class SpooledFile {
        final String key;
        final boolean discarded;
        final long size;
        final Instant createdAt;
        long version;
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

    /** Adds a file before it is written, so that it counts and its id is known; returns the one it replaces. */
    synchronized @Nullable SpooledFile reserve(SpooledFile file, int maxFiles, long maxBytes) {
        SpooledFile before = files.get(file.key);
        int count = files.size() + (before == null ? 1 : 0);
        long size = bytes + file.size - (before == null ? 0 : before.size);
        // A discarded item may always take the place of its result.
        if (!(file.discarded && before != null) && (count > maxFiles || size > maxBytes)) {
            throw new SpoolFullException("The spool is full: it holds " + files.size() + " of " + maxFiles
                    + " files (late-dir-max-files) and " + bytes + " of " + maxBytes + " bytes (late-dir-max-bytes)");
        }
        set(file);
        return before;
    }

    /** Undoes {@link #reserve}. */
    synchronized void restore(SpooledFile file, @Nullable SpooledFile before) {
        remove(file);
        if (before != null) {
            set(before);
        }
    }

    private void set(SpooledFile file) {
        SpooledFile before = files.put(file.key, file);
        bytes += file.size - (before == null ? 0 : before.size);
    }

    synchronized void written(SpooledFile file) {
        file.version = ++versions;
        file.written = true;
    }

    synchronized void remove(SpooledFile file) {
        if (files.remove(file.key, file)) {
            bytes -= file.size;
        }
    }

    /** Returns what is written: discarded items first, since nothing may hand them over, then the oldest. */
    synchronized List<SpooledFile> inOrder(Predicate<SpooledFile> filter) {
        return files.values().stream()
                .filter(file -> file.written)
                .filter(filter)
                .sorted(DISCARDED_THEN_OLDEST_FIRST)
                .toList();
    }

    synchronized SpoolDirectory.Load load() {
        Instant oldest = files.values().stream()
                .map(file -> file.createdAt)
                .min(Comparator.naturalOrder())
                .orElse(null);
        return new SpoolDirectory.Load(files.size(), bytes, oldest, damaged);
    }

    /** Lists the directory where the last time is ten seconds ago, or a clock was set back. */
    void refresh(Instant now) {
        long before;
        synchronized (this) {
            if (!now.isBefore(listedAt) && now.isBefore(listedAt.plus(LIST_INTERVAL))) {
                return;
            }
            listedAt = now;
            before = versions;
        }
        List<SpooledFile> found = new ArrayList<>();
        int foundDamaged = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                Matcher matcher = NAME.matcher(name);
                if (name.endsWith(DAMAGED_SUFFIX)) {
                    foundDamaged++;
                } else if (name.endsWith(TEMPORARY_SUFFIX) || matcher.matches()) {
                    examine(entry, matcher, found, now);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            if (!unlisted) {
                LOG.warn(
                        "The spool cannot be listed, so files of earlier processes wait: {}; check the folder's"
                                + " permissions",
                        directory,
                        e);
            }
            unlisted = true;
            return;
        }
        unlisted = false;
        merge(found, foundDamaged, before);
    }

    private static void examine(Path entry, Matcher matcher, List<SpooledFile> found, Instant now) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Instant modified = attributes.lastModifiedTime().toInstant();
            if (attributes.isRegularFile() && matcher.matches()) {
                boolean discarded = matcher.group(2).equals(DISCARDED_SUFFIX);
                found.add(new SpooledFile(matcher.group(1), discarded, attributes.size(), modified));
            } else if (attributes.isRegularFile() && modified.plus(ABANDONED).isBefore(now)) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException e) {
            // Another process drained it meanwhile.
        }
    }

    /** What this process wrote while the directory was listed may be missing from the list. */
    private synchronized void merge(List<SpooledFile> found, int foundDamaged, long before) {
        damaged = foundDamaged;
        found.sort(DISCARDED_THEN_OLDEST_FIRST);
        Set<String> names = new HashSet<>();
        for (SpooledFile file : found) {
            names.add(file.name());
            if (!files.containsKey(file.key)) {
                set(file);
                written(file);
            }
        }
        for (SpooledFile file : List.copyOf(files.values())) {
            if (file.written && file.version <= before && !names.contains(file.name())) {
                remove(file);
            }
        }
    }
}
