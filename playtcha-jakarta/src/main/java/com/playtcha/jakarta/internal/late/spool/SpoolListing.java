package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.util.LogThrottle;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a listing of the spool has found, of this process and of others.
 *
 * @param files by the digest of the id
 * @param damaged the number of files that were renamed because they could not be read
 */
record SpoolListing(Map<String, SpooledFile> files, int damaged) {
    static final String DAMAGED_SUFFIX = ".damaged";

    private static final Logger LOG = LoggerFactory.getLogger(SpoolListing.class);
    private static final int ROOT = 0;
    /** The owner where the file system has none. */
    private static final int NOBODY = -1;
    /** A temporary file of this age belongs to a process that died before it acknowledged anything. */
    private static final Duration ABANDONED = Duration.ofMinutes(10);

    /**
     * Lists a directory and reads no file; deletes what a process left that died.
     *
     * @throws java.nio.file.DirectoryIteratorException as an {@code IOException} on the way
     */
    static SpoolListing of(Path directory, Instant now, LogThrottle log) throws IOException {
        Map<String, SpooledFile> files = new HashMap<>();
        int damaged = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            int owner = DurableFiles.isPosix(directory) ? DurableFiles.uid(directory) : NOBODY;
            for (Path entry : entries) {
                if (entry.toString().endsWith(DAMAGED_SUFFIX)) {
                    damaged++;
                } else {
                    examine(entry, owner, files, now, log);
                }
            }
        }
        return new SpoolListing(files, damaged);
    }

    /** The directory's owner is this application's user, as was checked when it started. */
    private static void examine(Path entry, int owner, Map<String, SpooledFile> files, Instant now, LogThrottle log)
            throws IOException {
        String name = String.valueOf(entry.getFileName());
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Instant modified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MILLIS);
            if (!attributes.isRegularFile()) {
                return;
            }
            int uid = owner == NOBODY ? NOBODY : DurableFiles.uid(entry);
            if (uid != owner && uid != ROOT) {
                if (log.count("foreign") > 0) {
                    LOG.error(
                            "A file in the spool belongs to another user and is not read: {}; remove it, or run chown on"
                                    + " it if it is yours",
                            entry);
                }
                return;
            }
            SpooledFile file = SpooledFile.of(name, attributes.size(), modified);
            if (file != null) {
                // The discard of an item replaces its result.
                files.merge(file.key, file, (one, other) -> one.discarded ? one : other);
            } else if (name.endsWith(DurableFiles.TEMPORARY_SUFFIX)
                    && modified.plus(ABANDONED).isBefore(now)) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("Another process drained or renamed {} meanwhile", name, e);
        }
    }
}
