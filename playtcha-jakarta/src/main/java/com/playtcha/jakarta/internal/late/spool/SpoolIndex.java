package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies in the dead-letter directory, as of the last look. The engine asks every second, and there may be thousands
 * of files: the directory is listed only when it has changed, and nothing that is known of a file is looked up again
 * while the file is the same. Whatever else lies there is set aside, and if it cannot be, left alone. Thread-safe.
 */
final class SpoolIndex {
    static final String SET_ASIDE = "set-aside";

    private static final Logger LOG = LoggerFactory.getLogger(SpoolIndex.class);
    /** Others may be of any bytes, which not every way to a file survives. */
    private static final Pattern NAME = Pattern.compile("[!-~]{1,200}\\" + SpoolDirectory.SUFFIX);

    private static final int SHOWN_OF_A_NAME = 100;
    /** A temporary file that old was left by a process that died before it acknowledged anything. */
    private static final Duration ABANDONED = Duration.ofMinutes(10);
    /** For file systems that do not say when a directory changed. */
    private static final Duration AT_LEAST = Duration.ofMinutes(1);
    /** A directory that changed just now may change again without looking newer. */
    private static final Duration GRAIN = Duration.ofSeconds(2);

    private final Path directory;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Set<String> leftAlone = new HashSet<>();
    private Map<String, Entry> known = new HashMap<>();
    private List<Entry> inOrder = List.of();
    private boolean changed = true;
    private boolean unlisted;
    private @Nullable FileTime listedFor;
    private Instant listedAt = Instant.MIN;

    SpoolIndex(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** What is there. */
    record Look(List<Entry> entries, long size, boolean isNew) {}

    /** One file that may be a letter. */
    static final class Entry {
        private final String name;
        private final long size;
        private final FileTime modified;
        private volatile Instant heldAt = Instant.MIN;
        private volatile Instant notBefore = Instant.MIN;

        Entry(String name, long size, FileTime modified) {
            this.name = name;
            this.size = size;
            this.modified = modified;
        }

        String name() {
            return name;
        }

        long size() {
            return size;
        }

        /** Whether it need not be looked at yet; a clock that was set back makes it be looked at. */
        boolean isHeld(Instant now) {
            return now.isBefore(notBefore) && !now.isBefore(heldAt);
        }

        Instant notBefore() {
            return notBefore;
        }

        void hold(Instant now, Instant until) {
            heldAt = now;
            notBefore = until;
        }
    }

    /** Something was written here. */
    synchronized void changed() {
        changed = true;
    }

    synchronized void removed(String name) {
        known.remove(name);
        changed = true;
    }

    synchronized void hold(String name, Instant now, Instant until) {
        Entry entry = known.get(name);
        if (entry != null) {
            entry.hold(now, until);
        }
    }

    /** What lies there now; the list is not changed any more. */
    synchronized Look look() {
        Instant now = clock.instant();
        FileTime modified = modified();
        boolean same = !changed
                && modified != null
                && modified.equals(listedFor)
                && !now.isBefore(listedAt)
                && now.isBefore(listedAt.plus(AT_LEAST));
        if (same) {
            return new Look(inOrder, 0, false);
        }
        Map<String, Entry> found = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path file : entries) {
                Entry entry = entry(file);
                if (entry != null) {
                    found.put(entry.name(), entry);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            if (!unlisted) {
                LOG.warn("The dead-letter directory cannot be listed: {}", directory, e);
            }
            unlisted = true;
            return new Look(List.of(), 0, false);
        }
        unlisted = false;
        known = found;
        List<Entry> sorted = new ArrayList<>(found.values());
        sorted.sort(Comparator.comparing(Entry::name));
        inOrder = List.copyOf(sorted);
        changed = false;
        listedAt = now;
        boolean settled =
                modified != null && modified.toInstant().isBefore(Instant.now().minus(GRAIN));
        listedFor = settled ? modified : null;
        long size = 0;
        for (Entry entry : inOrder) {
            size += entry.size();
        }
        return new Look(inOrder, size, true);
    }

    private @Nullable FileTime modified() {
        try {
            return Files.getLastModifiedTime(directory);
        } catch (IOException e) {
            return null;
        }
    }

    /** One file's trouble is not the others'. */
    private @Nullable Entry entry(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.equals(SET_ASIDE) || leftAlone.contains(name)) {
            return null;
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (name.endsWith(SpoolDirectory.TEMPORARY) && attributes.isRegularFile()) {
                if (attributes.lastModifiedTime().toInstant().plus(ABANDONED).isBefore(clock.instant())) {
                    Files.deleteIfExists(file);
                }
                return null;
            }
            if (!NAME.matcher(name).matches()) {
                setAside(file, "its name is none that is given here");
                return null;
            }
            if (!attributes.isRegularFile()) {
                setAside(file, "it is no regular file");
                return null;
            }
            Entry before = known.get(name);
            boolean same = before != null
                    && before.size == attributes.size()
                    && before.modified.equals(attributes.lastModifiedTime());
            return same ? before : new Entry(name, attributes.size(), attributes.lastModifiedTime());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            leaveAlone(name, e);
            return null;
        }
    }

    /** Moves away what is no letter. */
    synchronized void setAside(Path file, String why) {
        String name = String.valueOf(file.getFileName());
        String shown = AsciiText.encode(name);
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
        String kept = plain.substring(Math.max(0, plain.length() - SHOWN_OF_A_NAME));
        try {
            Path aside = directory.resolve(SET_ASIDE);
            DurableFiles.makeDirectory(aside);
            Files.move(
                    file,
                    aside.resolve(DurableFiles.randomDigits(random) + "-" + kept),
                    StandardCopyOption.ATOMIC_MOVE);
            changed = true;
            LOG.warn("Set aside, since it is no dead letter: file={}, why={}", shown, why);
        } catch (IOException e) {
            leaveAlone(name, e);
        }
    }

    /** Until the next start: a mount point, or a file of someone else's. */
    private void leaveAlone(String name, IOException why) {
        if (leftAlone.add(name)) {
            changed = true;
            LOG.warn(
                    "Left alone until the next start, since it is no dead letter and cannot be set aside: file={}: {}",
                    AsciiText.encode(name),
                    why.toString());
        }
    }
}
