package com.playtcha.jakarta.internal.late.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that are either complete or absent, survive a power failure, and belong to their owner only. */
public final class DurableFiles {
    static final String TEMPORARY_SUFFIX = ".tmp";
    private static final Logger LOG = LoggerFactory.getLogger(DurableFiles.class);

    private DurableFiles() {}

    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] permissions(Path path, String permissions) {
        return isPosix(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Creates a directory for its owner only, with its parents, and flushes each parent that got an entry: otherwise a power
     * failure could take the directory and all files in it. An existing one keeps its permissions.
     */
    public static void makeDirectory(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path existing = directory.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            missing.push(existing);
            existing = existing.getParent();
        }
        Files.createDirectories(directory, permissions(directory, "rwx------"));
        for (Path created : missing) {
            flushParent(created);
        }
    }

    /** Returns the id of a file's owner, of the link where it is one. Only for a POSIX file system. */
    static int uid(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns the permission bits of a file. Only for a POSIX file system. */
    static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns the id of the user that owns what this process creates. Only for a POSIX file system. */
    static int processUid() throws IOException {
        try {
            Path file = Files.createTempFile("playtcha-", TEMPORARY_SUFFIX);
            try {
                return uid(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.debug("No temporary file can be created", e);
            // Not always right: it belongs to root where the executable has capabilities of its own.
            return uid(Path.of("/proc/self"));
        }
    }

    static FileChannel openForLock(Path file) throws IOException {
        Set<OpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        return FileChannel.open(file, options, permissions(file, "rw-------"));
    }

    /** Returns the name of a file's owner, or null where the file system does not record it. */
    public static @Nullable String ownerOf(Path file) throws IOException {
        return isPosix(file) ? Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName() : null;
    }

    /** Returns the owner that files of this process get in a directory, which {@code user.name} need not name. */
    public static @Nullable String processOwner(Path directory) throws IOException {
        Path file = directory.resolve("probe-" + randomDigits() + TEMPORARY_SUFFIX);
        try {
            write(file, new byte[1]);
            return ownerOf(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Writes to a temporary file, flushes it, renames it into place, replacing a file there, and flushes the directory. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(randomDigits() + TEMPORARY_SUFFIX);
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            try (FileChannel channel = FileChannel.open(temporary, options, permissions(temporary, "rw-------"))) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            flushParent(file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Reads a file of at most {@code limit} bytes. It is opened for writing too, and read by position, so that neither blocks
     * where a pipe has replaced the file after it was listed; a link is not followed.
     *
     * @throws IOException also where it is larger, a pipe or a link
     */
    public static byte[] read(Path file, int limit) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel channel = FileChannel.open(file, options)) {
            int size = (int) Math.min(channel.size(), limit);
            ByteBuffer buffer = ByteBuffer.allocate(size + 1);
            int position = 0;
            int count;
            while (buffer.hasRemaining() && (count = channel.read(buffer, position)) >= 0) {
                position += count;
            }
            if (position > size) {
                throw new IOException("It has more than " + size + " bytes: " + file);
            }
            return Arrays.copyOf(buffer.array(), position);
        }
    }

    /** Makes a new name durable; Windows cannot open directories and needs no flush. */
    private static void flushParent(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null && isPosix(directory)) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Whether it is a file and not a link to one. */
    public static boolean isRegular(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns 32 hex digits, for unique names. */
    public static String randomDigits() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
