package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The layout of setting {@code late-dir}. Users who may write there can act as the operator. Immutable. */
public record LateDirectory(Path directory) {
    private static final Logger LOG = LoggerFactory.getLogger(LateDirectory.class);
    /** The name of the application that uses the directory, and which process it runs in. */
    private static final String APPLICATION = "application";
    /** Begins the name of the system property that says that this process holds the lock of a directory. */
    private static final String LOCK = "com.playtcha.jakarta.late-dir.lock:";

    /**
     * Begins the name of the system property that says which application of this process uses a directory, after the number
     * of its versions that do.
     */
    private static final String USED = "com.playtcha.jakarta.late-dir.application:";

    private static final Duration MAX_LOCK_WAIT = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int MAX_APPLICATION = 4096;
    private static final int ROOT = 0;
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
     * Returns why the directory must not be used, or null: a user other than root and the application's could replace or add
     * files, since a directory on the way to them is theirs, or is open to all. Group-writable is a WARN, since Kubernetes makes
     * volumes so.
     */
    public @Nullable String permissionProblem() {
        try {
            return DurableFiles.isPosix(directory) ? problem(DurableFiles.processUid()) : null;
        } catch (IOException e) {
            return "its permissions cannot be read: " + e;
        }
    }

    /** Returns the problem for a process of this user. */
    @Nullable
    String problem(int user) throws IOException {
        Set<Path> groupWritable = new LinkedHashSet<>();
        for (Path used : List.of(directory, spool(), requests(), store())) {
            List<Path> chain = PathChain.of(used);
            boolean exists = Files.exists(used);
            for (int i = 0; i < chain.size(); i++) {
                Path path = chain.get(i);
                int owner = DurableFiles.uid(path);
                int mode = Files.isSymbolicLink(path) ? 0 : DurableFiles.mode(path);
                boolean isParent = !exists || i < chain.size() - 1;
                // This library makes the directories within late-dir.
                boolean mayBeRoots = isParent || used.equals(directory);
                if (owner != user && !(owner == ROOT && mayBeRoots)) {
                    return path + " belongs to user " + DurableFiles.ownerOf(path)
                            + ", who could replace it or add files; run chown on it, or choose a directory that belongs, with"
                            + " its parents, to root or to the user of this process";
                }
                boolean isSticky = isParent && (mode & STICKY) != 0;
                if ((mode & WORLD_WRITABLE) != 0 && !isSticky) {
                    return "any user may write in " + (isParent ? "its parent " : "") + path + "; run chmod o-w"
                            + (isParent ? " or chmod +t" : "") + " on it";
                }
                if ((mode & GROUP_WRITABLE) != 0 && !isSticky) {
                    groupWritable.add(path);
                }
            }
        }
        if (!groupWritable.isEmpty()) {
            LOG.warn(
                    "Users of the same group may write in {} (setting late-dir), as with fsGroup of Kubernetes, and so"
                            + " remove late results; files and requests of other users are not used. Run chmod g-w on it"
                            + " unless only this application's processes are in the group",
                    groupWritable);
        }
        return null;
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
     * Does what looks for another application and then {@link #register registers} this one, while no other process does so: of
     * those that start at once, each sees the one before. Does not wait for longer than that may take.
     */
    public <T> T exclusively(Supplier<T> work) {
        FileChannel lock = awaitStartLock();
        try {
            return work.get();
        } finally {
            if (lock != null) {
                end(lock);
            }
        }
    }

    private @Nullable FileChannel awaitStartLock() {
        FileChannel lock = null;
        try {
            lock = DurableFiles.openForLock(directory.resolve("starting.lock"));
            long end = System.nanoTime() + MAX_LOCK_WAIT.toNanos();
            while (!isLocked(lock) && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(LOOK.toNanos());
            }
        } catch (IOException e) {
            LOG.debug("Another application that starts at this moment would not be refused", e);
        }
        return lock;
    }

    private static void end(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("Other applications that start now have to wait", e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another application of this process has the lock.
            return false;
        }
    }

    /** Returns the name of another application that uses this directory now; its name may be empty. */
    public Optional<String> otherApplication(String name) {
        try {
            List<String> user = new String(
                            DurableFiles.read(directory.resolve(APPLICATION), MAX_APPLICATION), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            // Equal names: a new version may start while the old one still runs.
            if (user.size() != 3 || user.get(0).equals(name)) {
                return Optional.empty();
            }
            // One of this process may not have taken the lock yet.
            boolean isUsed = user.get(1).equals(process());
            if (!isUsed) {
                try (Closeable lock = tryLock().orElse(null)) {
                    isUsed = lock == null;
                }
            }
            return isUsed ? Optional.of(user.get(0)) : Optional.empty();
        } catch (IOException e) {
            LOG.debug("It cannot be told whether another application uses {}", directory, e);
            return Optional.empty();
        }
    }

    /**
     * Records that an application uses this directory, until what is returned is closed. Throws what is made of the name of
     * another application that uses it: the two may have started at once, and neither have seen the other before.
     */
    public AutoCloseable register(String name, Function<String, RuntimeException> refusal) {
        String used = USED + directory.toAbsolutePath().normalize();
        String user = name(count(used, name, 1));
        if (!user.equals(name)) {
            throw refusal.apply(user);
        }
        Path file = directory.resolve(APPLICATION);
        String text = String.join("\n", name, process(), DurableFiles.randomDigits());
        try {
            DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.debug("Another application that uses {} too would not be refused", directory, e);
        }
        return () -> {
            if (!count(used, name, -1).isEmpty()) {
                // The file is about the other versions too.
                return;
            }
            try (Closeable lock = tryLock().orElse(null)) {
                if (lock == null) {
                    // The file is about the version that still runs in another process, too.
                    return;
                }
                List<String> lines = new String(DurableFiles.read(file, MAX_APPLICATION), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                // That of a new version in another process stays.
                if (lines.subList(0, Math.min(2, lines.size())).equals(List.of(name, process()))) {
                    Files.delete(file);
                }
            } catch (NoSuchFileException e) {
                LOG.debug("{} was deleted already", file);
            }
        };
    }

    /**
     * Adds to the number of an application's versions of this process that use a directory; returns what the property says
     * then, which another application's is not changed, and is empty where none uses it. The JVM's own map, since each
     * application may have a class of its own.
     */
    private static String count(String used, String name, int more) {
        Object after = System.getProperties().compute(used, (key, before) -> {
            String text = before == null ? "0 " + name : before.toString();
            int versions = Integer.parseInt(text.substring(0, text.indexOf(' '))) + more;
            return !name(text).equals(name) ? before : versions <= 0 ? null : versions + " " + name;
        });
        return after == null ? "" : after.toString();
    }

    private static String name(String counted) {
        return counted.substring(counted.indexOf(' ') + 1);
    }

    /** By its start too, since numbers are used again, and each container has a process of number 1. */
    private static String process() {
        ProcessHandle process = ProcessHandle.current();
        return process.pid() + " "
                + process.info().startInstant().map(Instant::toString).orElse("");
    }

    /**
     * Takes the lock that shows that an application uses this directory, until what is returned is closed; empty where
     * another process, or another part of this one, holds it.
     */
    public Optional<Closeable> tryLock() throws IOException {
        // A file that is opened a second time releases the first one's lock when it is closed, so this process tries
        // once. The JVM's own map, since each application may have a class of its own.
        String property = LOCK + directory.toRealPath();
        if (System.getProperties().putIfAbsent(property, "") != null) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = DurableFiles.openForLock(directory.resolve("running.lock"));
            locked = channel.tryLock() != null;
        } finally {
            if (!locked) {
                release(property, channel);
            }
        }
        FileChannel lock = channel;
        return locked ? Optional.of(() -> release(property, lock)) : Optional.empty();
    }

    private static void release(String property, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            System.clearProperty(property);
        }
    }
}
