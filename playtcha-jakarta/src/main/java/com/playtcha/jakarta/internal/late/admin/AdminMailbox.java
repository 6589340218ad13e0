package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin command in the running application, since one process only can open the embedded database. Requests
 * are files in late-dir that the application's user owns; of several processes, the one that holds the lock serves.
 */
public final class AdminMailbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminMailbox.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LOCK_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(10);
    /** The client of an older file has stopped waiting. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    private static final int SERVED_AT_ONCE = 16;

    private final LateDirectory folder;
    private final AdminService service;
    private final AdminFiles files;
    private final Clock clock;
    private final LogThrottle throttle;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Instant nextLook = Instant.MIN;
    private Instant nextLock = Instant.MIN;
    private @Nullable FileChannel lock;
    private @Nullable String owner;
    private boolean inUseLogged;
    private boolean closed;

    public AdminMailbox(LateDirectory folder, AdminService service, ResultText texts, Clock clock) {
        this.folder = folder;
        this.service = service;
        this.files = new AdminFiles(texts);
        this.clock = clock;
        this.throttle = new LogThrottle(
                () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos(), LOG_INTERVAL);
    }

    /** Serves the requests since the last call; to be called often, looks once a second. Failures are logged. */
    public void serve() {
        Instant now = clock.instant();
        if (now.isBefore(nextLook) || !busy.compareAndSet(false, true)) {
            return;
        }
        try {
            nextLook = now.plus(LOOK_INTERVAL);
            if (isLocked(now)) {
                look(now);
            }
        } catch (IOException | RuntimeException e) {
            if (throttle.count("failed") > 0) {
                LOG.warn("Admin requests cannot be served; check {}", folder.requests(), e);
            }
        } finally {
            busy.set(false);
        }
    }

    private synchronized boolean isLocked(Instant now) throws IOException {
        if (lock != null || closed || now.isBefore(nextLock)) {
            return lock != null;
        }
        nextLock = now.plus(LOCK_INTERVAL);
        DurableFiles.makeDirectory(folder.requests());
        owner = DurableFiles.processOwner(folder.requests());
        lock = folder.tryLock().orElse(null);
        if (lock == null && !inUseLogged) {
            inUseLogged = true;
            LOG.warn(
                    "Another process uses {} and serves the admin requests; unless it is this application too, give each"
                            + " application a late-dir of its own",
                    folder.directory());
        }
        return lock != null;
    }

    private void look(Instant now) throws IOException {
        int served = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.requests())) {
            for (Path entry : entries) {
                boolean isDirectory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
                if (!isDirectory && isOld(entry, now)) {
                    Files.deleteIfExists(entry);
                } else if (!isDirectory && AdminFiles.isRequest(nameOf(entry)) && served++ < SERVED_AT_ONCE) {
                    serve(entry, now);
                }
            }
        }
    }

    private static String nameOf(Path entry) {
        return String.valueOf(entry.getFileName());
    }

    private static boolean isOld(Path entry, Instant now) {
        try {
            return Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .plus(MAX_AGE)
                    .isBefore(now);
        } catch (IOException e) {
            // Withdrawn meanwhile.
            return false;
        }
    }

    /** Done at most once: the file is deleted first, and until then its client can withdraw it. */
    private void serve(Path file, Instant now) throws IOException {
        AdminRequest request = null;
        String problem;
        try {
            String sender = DurableFiles.ownerOf(file);
            problem = Objects.equals(owner, sender)
                    ? null
                    : "it is of user " + sender + ", and this application runs as " + owner;
            if (problem == null) {
                Map<String, @Nullable Object> members = files.read(file, AdminFiles.MAX_REQUEST);
                Instant until = ResultText.instant(members, "until");
                request = AdminRequest.read(members);
                problem = until.isBefore(now) || until.isAfter(now.plus(MAX_AGE))
                        ? "it has expired, or a clock is wrong"
                        : null;
            }
        } catch (JsonReadException e) {
            problem = String.valueOf(e.getMessage());
        } catch (IOException e) {
            problem = "it cannot be read: " + e.getClass().getSimpleName();
        }
        if (!Files.deleteIfExists(file)) {
            return;
        }
        Map<String, @Nullable Object> response;
        if (request == null || problem != null) {
            LOG.warn("An admin request was refused and not done: {}", LogText.clean(problem));
            response = AdminResponse.of(AdminResponse.UNREACHABLE, "The application refused the request: " + problem);
        } else {
            LOG.info("Admin request: {} {}", request.command().word(), LogText.clean(request.id()));
            response = service.respond(request);
        }
        files.write(file.resolveSibling(nameOf(file).replace(AdminFiles.REQUEST, AdminFiles.ANSWER)), response);
    }

    /** Stops serving, and releases the lock for another process. */
    @Override
    public synchronized void close() {
        closed = true;
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("The lock of late-dir cannot be released, so another process cannot serve it", e);
            }
            lock = null;
        }
    }
}
