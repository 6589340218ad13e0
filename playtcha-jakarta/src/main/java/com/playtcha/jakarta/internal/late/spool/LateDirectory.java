package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The layout of setting {@code late-dir}. Users who may write there can act as the operator. Immutable. */
public record LateDirectory(Path directory) {
    private static final Logger LOG = LoggerFactory.getLogger(LateDirectory.class);
    private static final int WORLD_WRITABLE = 0002;
    private static final int GROUP_WRITABLE = 0020;
    /** Only the owner of a file may rename or delete it, as in {@code /tmp}. */
    private static final int STICKY = 01000;

    /** The embedded database. */
    public Path store() {
        return directory.resolve("store");
    }

    /** Files kept while the store is down. */
    public Path spool() {
        return directory.resolve("spool");
    }

    /** Requests of the admin command to the running application, and its responses. */
    public Path requests() {
        return directory.resolve("requests");
    }

    /**
     * Returns why the directory must not be used, or null: users other than the application's could replace or add files.
     * Group-writable is a WARN, since Kubernetes makes volumes so.
     */
    public @Nullable String permissionProblem() {
        try {
            Path existing = directory.toAbsolutePath();
            while (!Files.exists(existing) && existing.getParent() != null) {
                existing = existing.getParent();
            }
            boolean exists = Files.exists(directory);
            existing = existing.toRealPath();
            Path parent = exists ? existing.getParent() : existing;
            if (parent != null && (DurableFiles.mode(parent) & (WORLD_WRITABLE | STICKY)) == WORLD_WRITABLE) {
                return "any user may write in its parent " + parent + " and replace it; run chmod o-w or chmod +t on "
                        + parent;
            }
            for (Path each : List.of(directory, spool(), requests(), store())) {
                if (Files.exists(each) && (DurableFiles.mode(each) & WORLD_WRITABLE) != 0) {
                    return "any user may write in " + each + "; run chmod o-w on it";
                }
            }
            if (exists && (DurableFiles.mode(existing) & GROUP_WRITABLE) != 0) {
                LOG.warn(
                        "Users of the same group may write in {} (setting late-dir), as with fsGroup of Kubernetes, and so"
                                + " add late results; admin requests of other users are not served. Run chmod g-w on it"
                                + " unless only this application's processes are in the group",
                        existing);
            }
            return null;
        } catch (IOException e) {
            return "its permissions cannot be read: " + e;
        }
    }

    /**
     * Creates the directories that an application uses, and writes and deletes a file in each: a read-only directory is to
     * show when the application starts. Other failures, as of a full disk, are logged only, since they may pass.
     *
     * @param embedded whether the store is in the directory too
     * @throws LateUnavailableException where one of them cannot be used
     */
    public void probe(boolean embedded) {
        for (Path used : embedded ? List.of(requests(), spool(), store()) : List.of(requests(), spool())) {
            try {
                DurableFiles.makeDirectory(directory);
                DurableFiles.makeDirectory(used);
                DurableFiles.processOwner(used);
            } catch (IOException e) {
                if (Files.isDirectory(used) && Files.isWritable(used)) {
                    LOG.error("Nothing can be kept in {} (setting late-dir) until its disk works or has room", used, e);
                } else {
                    throw new LateUnavailableException(
                            "The directory " + used + " (setting late-dir) cannot be written: " + e
                                    + ". Set late-dir to a directory that the user of this process may write in.",
                            e);
                }
            }
        }
    }

    /**
     * Takes the lock that shows that an application uses this directory, until the channel is closed; empty where another
     * process, or another part of this one, holds it. A process that may hold it already must not try: on some systems
     * that releases the lock.
     */
    public Optional<FileChannel> tryLock() throws IOException {
        FileChannel channel = DurableFiles.openForLock(directory.resolve("running.lock"));
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            LOG.debug("Another part of this process holds the lock of {}", directory);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? Optional.of(channel) : Optional.empty();
    }
}
