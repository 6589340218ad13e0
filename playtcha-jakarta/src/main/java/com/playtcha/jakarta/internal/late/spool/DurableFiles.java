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
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that are whole or not there, and still there after the power has failed. Internal. */
public final class DurableFiles {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Of the file that a folder is tried with: no letter takes less of a disk. */
    private static final int PROBE_BYTES = 4096;
    /** So little is left over where larger files are not taken any more. */
    private static final long FULL_BYTES = 64 * 1024;

    private DurableFiles() {}

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /**
     * Makes a directory for its owner only; one that is there already keeps its permissions.
     *
     * @param directory to be there
     * @throws IOException where it cannot be made
     */
    public static void makeDirectory(Path directory) throws IOException {
        if (isPosix(directory)) {
            Files.createDirectories(directory, OWNER_DIRECTORY);
        } else {
            Files.createDirectories(directory);
        }
    }

    /** Whether others than its owner may read a directory. */
    static boolean isOpenToOthers(Path directory) throws IOException {
        if (!isPosix(directory)) {
            return false;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        return permissions.contains(PosixFilePermission.GROUP_READ)
                || permissions.contains(PosixFilePermission.OTHERS_READ);
    }

    /**
     * Whether others than its owner may put files into a directory.
     *
     * @param directory that is there
     * @return false where the file system has no such permissions
     * @throws IOException where that cannot be told
     */
    public static boolean isWritableByOthers(Path directory) throws IOException {
        if (!isPosix(directory)) {
            return false;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        return permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /** Opens a file that is to be locked; made, for its owner only, where it is missing. */
    static FileChannel openForLock(Path file) throws IOException {
        Set<OpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        return isPosix(file) ? FileChannel.open(file, options, OWNER_FILE) : FileChannel.open(file, options);
    }

    /**
     * Who owns a file.
     *
     * @param file that is there
     * @return the name of its owner; null where the file system does not say
     * @throws IOException where that cannot be told
     */
    public static @Nullable String ownerOf(Path file) throws IOException {
        return isPosix(file) ? Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName() : null;
    }

    /**
     * Writes a file: to a temporary one beside it, flushed, renamed into place, the directory flushed.
     *
     * @param temporary a name that nobody else uses
     * @param file replaced where it is there
     * @param bytes what is to be in it
     * @throws IOException where it cannot be written; then there is neither of the files
     */
    public static void write(Path temporary, Path file, byte[] bytes) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean done = false;
        try {
            try (FileChannel channel = isPosix(temporary)
                    ? FileChannel.open(temporary, options, OWNER_FILE)
                    : FileChannel.open(temporary, options)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            flush(file);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /**
     * Writes a small file and deletes it again.
     *
     * @param directory that is there
     * @throws IOException where that cannot be done
     */
    static void probe(Path directory) throws IOException {
        String name = "probe-" + randomDigits(new SecureRandom());
        Path file = directory.resolve(name + SpoolDirectory.TEMPORARY);
        try {
            write(directory.resolve(name + "-1" + SpoolDirectory.TEMPORARY), file, new byte[PROBE_BYTES]);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Whether something could not be written since there is no room: on the disk, in its table of files, in a quota. */
    static boolean isFull(Path directory, IOException why) {
        String said = String.valueOf(why.getMessage()).toLowerCase(Locale.ROOT);
        if (said.contains("no space") || said.contains("quota")) {
            return true;
        }
        try {
            return Files.getFileStore(directory).getUsableSpace() <= FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes a rename or a deletion last; where directories cannot be opened, as on Windows, there is nothing to do. */
    private static void flush(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !isPosix(directory)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Whether it is a file, and no link to one.
     *
     * @param file any
     * @return false also where there is nothing
     */
    public static boolean isRegular(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** For names that nobody else uses. */
    static String randomDigits(SecureRandom random) {
        byte[] digits = new byte[16];
        random.nextBytes(digits);
        return HexFormat.of().formatHex(digits);
    }
}
