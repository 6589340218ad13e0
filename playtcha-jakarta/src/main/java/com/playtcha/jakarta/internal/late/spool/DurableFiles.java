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
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that are either complete or absent, survive a power failure, and belong to their owner only. */
public final class DurableFiles {
    private static final SecureRandom RANDOM = new SecureRandom();

    private DurableFiles() {}

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] permissions(Path path, String permissions) {
        return isPosix(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Creates a directory for its owner only; an existing one keeps its permissions. */
    public static void makeDirectory(Path directory) throws IOException {
        Files.createDirectories(directory, permissions(directory, "rwx------"));
    }

    /** Returns the permission bits of a directory, 0 where the file system has none. */
    static int mode(Path directory) throws IOException {
        return isPosix(directory) && Files.getAttribute(directory, "unix:mode") instanceof Integer mode ? mode : 0;
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
        Path file = directory.resolve("probe-" + randomDigits() + SpoolDirectory.TEMPORARY_SUFFIX);
        try {
            write(file, new byte[1]);
            return ownerOf(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Writes to a temporary file, flushes it, renames it into place, replacing a file there, and flushes the directory. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(randomDigits() + SpoolDirectory.TEMPORARY_SUFFIX);
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
            flush(file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Makes a rename durable; Windows cannot open directories and needs no flush. */
    private static void flush(Path file) throws IOException {
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
        byte[] digits = new byte[16];
        RANDOM.nextBytes(digits);
        return HexFormat.of().formatHex(digits);
    }
}
