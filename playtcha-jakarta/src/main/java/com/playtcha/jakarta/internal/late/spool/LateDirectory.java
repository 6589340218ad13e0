package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies where in the folder of setting {@code late-dir}. Whoever may write there is the operator, and may read what
 * late results hold: the folder is its owner's alone. Immutable.
 */
public final class LateDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(LateDirectory.class);

    private final Path directory;

    private LateDirectory(Path directory) {
        this.directory = directory;
    }

    /** Held by the process that serves the folder; ends with it, however it ends. */
    public static final class Hold implements AutoCloseable {
        private final FileChannel channel;

        private Hold(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new LateUnavailableException("The lock of the folder of late results cannot be given back", e);
            }
        }
    }

    /**
     * Names a folder; touches nothing.
     *
     * @param directory setting {@code late-dir}
     * @return its layout
     */
    public static LateDirectory of(Path directory) {
        return new LateDirectory(directory);
    }

    /**
     * The folder itself.
     *
     * @return as given
     */
    public Path directory() {
        return directory;
    }

    /**
     * Holds the embedded database.
     *
     * @return a directory
     */
    public Path store() {
        return directory.resolve("store");
    }

    /**
     * Holds the dead letters that the store does not take.
     *
     * @return a directory
     */
    public Path letters() {
        return directory.resolve("letters");
    }

    /**
     * Where files go that lay among the dead letters and are none.
     *
     * @return a directory
     */
    public Path setAside() {
        return letters().resolve(SpoolDirectory.SET_ASIDE);
    }

    /**
     * How many files were set aside and wait for a person.
     *
     * @return as there are now; 0 where that cannot be told
     */
    public int countSetAside() {
        int count = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(setAside())) {
            for (Path ignored : entries) {
                count++;
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("What was set aside cannot be counted", e);
        }
        return count;
    }

    /**
     * Holds what the operator's command asks of the running application, and its answers.
     *
     * @return a directory
     */
    public Path requests() {
        return directory.resolve("requests");
    }

    /**
     * Makes the folder and the one for requests, for their owner only, where they are missing.
     *
     * @throws LateUnavailableException where they cannot be made
     */
    public void make() {
        try {
            DurableFiles.makeDirectory(directory);
            DurableFiles.makeDirectory(requests());
        } catch (IOException e) {
            throw new LateUnavailableException("The folder of late results cannot be made: " + directory, e);
        }
    }

    /**
     * Makes the folders that an application uses, and writes and deletes a small file in each: a folder that is read-only
     * is to show when the application starts, not when the first result is to be kept. A disk that is full is an ERROR in
     * the log alone: room can be made while the application runs, and it does more than this.
     *
     * @param embedded whether the store is in the folder too
     * @throws LateUnavailableException where one of them cannot be used; the text says which, and what to do
     */
    public void probe(boolean embedded) {
        for (Path used : embedded
                ? List.of(requests(), letters(), setAside(), store())
                : List.of(requests(), letters(), setAside())) {
            probe(used);
        }
    }

    private void probe(Path used) {
        try {
            DurableFiles.makeDirectory(directory);
            DurableFiles.makeDirectory(used);
            DurableFiles.probe(used);
        } catch (IOException e) {
            if (Files.isDirectory(used) && DurableFiles.isFull(used, e)) {
                LOG.error(
                        "The disk is full, and nothing can be kept in {} (setting late-dir) until there is room: {}",
                        used,
                        e.toString());
                return;
            }
            throw new LateUnavailableException(
                    "The folder " + used + " of late results (setting late-dir) cannot be written: "
                            + e
                            + ". Name a folder in late-dir that the user of this process may write.",
                    e);
        }
    }

    /**
     * Takes the lock that tells that an application works with this folder. Not to be tried by a process that may hold it
     * already elsewhere: on some systems, closing one handle of a file gives all its locks back.
     *
     * @return empty where another process, or another part of this one, has it
     * @throws IOException where the file cannot be opened, or the file system has no locks
     */
    public Optional<Hold> tryHold() throws IOException {
        FileChannel channel = DurableFiles.openForLock(directory.resolve("running.lock"));
        boolean held = false;
        try {
            FileLock lock = channel.tryLock();
            held = lock != null;
            return held ? Optional.of(new Hold(channel)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }
}
