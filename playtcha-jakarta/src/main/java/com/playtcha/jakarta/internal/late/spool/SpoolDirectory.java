package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Letters on disk (contract, section 7). A letter is acknowledged once its file is written, flushed and renamed into
 * place. File names are made here, from the time and random digits, so that several processes may share the directory:
 * they never write one file, and that two of them drain the same one is harmless, since the store takes a result once.
 * Each counts what the others wrote when it next lists the directory, so that the bounds may be passed by what was
 * written in between. Thread-safe.
 */
public final class SpoolDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);
    static final String SUFFIX = ".json";
    static final String TEMPORARY = ".tmp";
    static final String SET_ASIDE = "set-aside";
    /** A result has at most 64 KiB, six times as much when escaped; an envelope 64 KiB. */
    private static final long MAX_FILE = 1 << 20;
    /** As much as is read at one go: a letter takes a few times its size in memory. */
    private static final long READ_AT_ONCE = 4 << 20;
    /** For a file that is there and cannot be read. */
    private static final Duration UNREADABLE = Duration.ofMinutes(1);

    private final Path directory;
    private final int maxFiles;
    private final long maxBytes;
    private final SpoolCodec texts;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final SpoolIndex shelf;
    private final SpooledIds ids = new SpooledIds();
    private final Object lock = new Object();
    /** In between nothing is due, as long as nothing changes in the directory. */
    private volatile Instant quietFrom = Instant.MIN;

    private volatile Instant quietUntil = Instant.MIN;
    private volatile boolean moreIsDue;
    private volatile boolean listedAnew;
    private int files;
    private long bytes;
    private @Nullable Instant oldest;

    private SpoolDirectory(Path directory, int maxFiles, long maxBytes, ResultText texts, Clock clock) {
        this.directory = directory;
        this.maxFiles = maxFiles;
        this.maxBytes = maxBytes;
        this.texts = new SpoolCodec(texts);
        this.clock = clock;
        this.shelf = new SpoolIndex(directory, clock);
    }

    /**
     * What waits in the directory.
     *
     * @param files how many letters
     * @param bytes their size
     * @param oldest when the oldest was written, null where there is none
     */
    public record Load(int files, long bytes, @Nullable Instant oldest) {}

    /**
     * Opens a directory, and counts what is in it.
     *
     * @param directory made, for its owner only, where it is missing
     * @param maxFiles more letters than this are refused
     * @param maxBytes likewise
     * @param texts writes and reads results
     * @param clock what time it is
     * @return the directory
     * @throws LateUnavailableException where it cannot be used
     */
    public static SpoolDirectory open(Path directory, int maxFiles, long maxBytes, ResultText texts, Clock clock) {
        SpoolDirectory opened = new SpoolDirectory(directory, maxFiles, maxBytes, texts, clock);
        try {
            DurableFiles.makeDirectory(directory);
            DurableFiles.makeDirectory(directory.resolve(SpoolIndex.SET_ASIDE));
            if (DurableFiles.isOpenToOthers(directory)) {
                LOG.warn("The dead-letter directory may be read by others than its owner: {}", directory);
            }
        } catch (IOException e) {
            throw new LateUnavailableException("The dead-letter directory cannot be made: " + directory, e);
        }
        opened.look();
        return opened;
    }

    /**
     * Keeps a result.
     *
     * @param result acknowledged when this returns
     * @param error why the store does not have it
     * @return the letter
     * @throws SpoolFullException when the directory holds as much as it may
     * @throws LateUnavailableException when the disk does not take it
     */
    public SpoolEntry put(LateResult result, String error) {
        return put(result, null, error);
    }

    /**
     * Keeps a pass that is to be tracked.
     *
     * @param pass acknowledged when this returns
     * @param error why the store does not have it
     * @return the letter
     * @throws SpoolFullException when the directory holds as much as it may
     * @throws LateUnavailableException when the disk does not take it
     */
    public SpoolEntry put(FailOpenRecord pass, String error) {
        return put(null, pass, error);
    }

    private SpoolEntry put(@Nullable LateResult result, @Nullable FailOpenRecord pass, String error) {
        Instant now = clock.instant();
        String name = String.format(Locale.ROOT, "%014d-%s%s", now.toEpochMilli(), randomDigits(), SUFFIX);
        SpoolEntry letter = new SpoolEntry(name, result, pass, 1, AsciiText.bounded(error), now, now);
        byte[] text = texts.write(letter);
        synchronized (lock) {
            if (files + 1 > maxFiles || bytes + text.length > maxBytes || text.length > MAX_FILE) {
                throw new SpoolFullException("The dead-letter directory takes no more: it holds " + files + " of "
                        + maxFiles + " files and " + bytes + " of " + maxBytes + " bytes");
            }
            files++;
            bytes += text.length;
            oldest = oldest == null ? now : oldest;
        }
        boolean written = false;
        // Before the file is there, so that there is no moment at which it is and this is not.
        ids.add(letter);
        try {
            DurableFiles.write(temporary(), directory.resolve(name), text);
            written = true;
            // Again, since who listed the directory meanwhile took it for one that is gone.
            ids.add(letter);
            shelf.changed();
            return letter;
        } catch (IOException e) {
            throw new LateUnavailableException("The dead-letter directory cannot be written", e);
        } finally {
            if (!written) {
                ids.remove(name);
                uncount(text.length);
            }
        }
    }

    private String randomDigits() {
        return DurableFiles.randomDigits(random);
    }

    private Path temporary() {
        return directory.resolve(randomDigits() + TEMPORARY);
    }

    private void uncount(long size) {
        synchronized (lock) {
            files = Math.max(0, files - 1);
            bytes = Math.max(0, bytes - size);
            oldest = files == 0 ? null : oldest;
        }
    }

    /**
     * Letters whose time has come, oldest first. Sets aside what is no letter.
     *
     * @param now the time
     * @param most how many at most
     * @return a copy
     */
    public List<SpoolEntry> due(Instant now, int most) {
        SpoolIndex.Look look = shelf.look();
        count(look);
        learnIds(look);
        if (!look.isNew() && !now.isBefore(quietFrom) && now.isBefore(quietUntil)) {
            return List.of();
        }
        List<SpoolEntry> due = new ArrayList<>();
        long size = 0;
        Instant next = Instant.MAX;
        moreIsDue = false;
        quietUntil = Instant.MIN;
        for (SpoolIndex.Entry entry : look.entries()) {
            if (entry.isHeld(now)) {
                next = entry.notBefore().isBefore(next) ? entry.notBefore() : next;
                continue;
            }
            if (due.size() == most || size > READ_AT_ONCE) {
                moreIsDue = true;
                return due;
            }
            SpoolEntry letter = read(entry);
            if (letter == null && entry.isHeld(now)) {
                next = entry.notBefore().isBefore(next) ? entry.notBefore() : next;
            }
            if (letter != null && letter.dueAt().isAfter(now)) {
                entry.hold(now, letter.dueAt());
                next = letter.dueAt().isBefore(next) ? letter.dueAt() : next;
            } else if (letter != null) {
                due.add(letter);
                size += entry.size();
            }
        }
        if (due.isEmpty()) {
            quietFrom = now;
            quietUntil = next;
        }
        return due;
    }

    /**
     * Whether the last {@link #due} left something for the next.
     *
     * @return false where all that was due was returned
     */
    public boolean isMoreDue() {
        return moreIsDue;
    }

    /**
     * Whether a letter holds an item's result.
     *
     * @param id of the item
     * @return what this process wrote, and what others had written when the directory was last looked at by {@link #due}
     */
    public boolean holdsResultOf(String id) {
        return ids.holdResultOf(id);
    }

    /**
     * All letters, oldest first. Sets aside what is no letter.
     *
     * @param most how many at most
     * @return a copy
     */
    public List<SpoolEntry> list(int most) {
        List<SpoolEntry> letters = new ArrayList<>();
        for (SpoolIndex.Entry entry : look()) {
            if (letters.size() >= most) {
                break;
            }
            SpoolEntry letter = read(entry);
            if (letter != null) {
                letters.add(letter);
            }
        }
        return letters;
    }

    /**
     * The letters about an item.
     *
     * @param id of the item
     * @return oldest first
     */
    public List<SpoolEntry> find(String id) {
        List<SpoolEntry> letters = new ArrayList<>();
        for (SpoolIndex.Entry entry : look()) {
            if (ids.isOfAnother(entry.name(), id)) {
                continue;
            }
            SpoolEntry letter = read(entry);
            if (letter != null && letter.id().equals(id)) {
                letters.add(letter);
            }
        }
        return letters;
    }

    /** The letters in order, as they are now; counts them anew where the directory has changed. */
    private List<SpoolIndex.Entry> look() {
        SpoolIndex.Look look = shelf.look();
        count(look);
        return look.entries();
    }

    private void count(SpoolIndex.Look look) {
        if (look.isNew()) {
            synchronized (lock) {
                files = look.entries().size();
                bytes = look.size();
                oldest = files == 0 ? null : timeOf(look.entries().get(0).name());
            }
            quietUntil = Instant.MIN;
            listedAnew = true;
        }
    }

    /** What other processes wrote, or this one's before, is read once; what was written here is known. */
    private void learnIds(SpoolIndex.Look look) {
        if (!listedAnew) {
            return;
        }
        listedAnew = false;
        ids.retain(look.entries());
        Instant now = clock.instant();
        for (SpoolIndex.Entry entry : look.entries()) {
            if (!ids.isKnown(entry.name()) && !entry.isHeld(now)) {
                read(entry);
            }
        }
    }

    private Instant timeOf(String name) {
        try {
            return Instant.ofEpochMilli(Long.parseLong(name.substring(0, Math.max(0, name.indexOf('-')))));
        } catch (NumberFormatException e) {
            return clock.instant();
        }
    }

    private @Nullable SpoolEntry read(SpoolIndex.Entry entry) {
        String name = entry.name();
        Path file = directory.resolve(name);
        try {
            if (entry.size() > MAX_FILE) {
                shelf.setAside(file, "it is larger than " + MAX_FILE + " bytes");
                return null;
            }
            SpoolEntry letter = texts.read(name, Files.readAllBytes(file));
            ids.add(letter);
            return letter;
        } catch (NoSuchFileException e) {
            shelf.changed();
            return null;
        } catch (JsonReadException e) {
            shelf.setAside(file, String.valueOf(e.getMessage()));
            return null;
        } catch (IOException e) {
            Instant now = clock.instant();
            if (!entry.isHeld(now)) {
                LOG.warn("A dead letter cannot be read: {}", name, e);
            }
            entry.hold(now, now.plus(UNREADABLE));
            return null;
        }
    }

    /**
     * Notes that a letter could not be put into the store, or that it is due at another time.
     *
     * @param letter as it was read
     * @param attempts how often it was tried in vain, in all
     * @param error the last time
     * @param dueAt when to try again
     */
    public void update(SpoolEntry letter, int attempts, String error, Instant dueAt) {
        SpoolEntry updated = new SpoolEntry(
                letter.name(),
                letter.result(),
                letter.pass(),
                attempts,
                AsciiText.bounded(error),
                letter.createdAt(),
                dueAt);
        shelf.hold(letter.name(), clock.instant(), dueAt);
        try {
            if (Files.exists(directory.resolve(letter.name()))) {
                DurableFiles.write(temporary(), directory.resolve(letter.name()), texts.write(updated));
                shelf.changed();
            }
        } catch (IOException e) {
            LOG.warn("A dead letter's failure cannot be noted in its file: {}", letter.name(), e);
        }
    }

    /**
     * Deletes a letter.
     *
     * @param letter as it was read
     * @return false when it was gone already
     * @throws LateUnavailableException when it cannot be deleted
     */
    public boolean delete(SpoolEntry letter) {
        Path file = directory.resolve(letter.name());
        try {
            long size = Files.exists(file) ? Files.size(file) : 0;
            boolean deleted = Files.deleteIfExists(file);
            ids.remove(letter.name());
            if (deleted) {
                uncount(size);
                shelf.removed(letter.name());
            }
            return deleted;
        } catch (IOException e) {
            throw new LateUnavailableException("A dead letter cannot be deleted", e);
        }
    }

    /**
     * How full the directory is: of what it may hold in files or in bytes, whichever is nearer.
     *
     * @return in percent, as of the last look
     */
    public int percentFull() {
        synchronized (lock) {
            double ofFiles = maxFiles <= 0 ? 1 : (double) files / maxFiles;
            double ofBytes = maxBytes <= 0 ? 1 : (double) bytes / maxBytes;
            return (int) Math.round(Math.max(ofFiles, ofBytes) * 100);
        }
    }

    /**
     * What waits here.
     *
     * @return as of the last look
     */
    public Load load() {
        synchronized (lock) {
            return new Load(files, bytes, oldest);
        }
    }
}
