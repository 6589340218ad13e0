package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin command in the running application, since one process only can open the embedded database. Requests
 * are files in late-dir that the application's user owns; of several processes, the one that holds the lock serves.
 */
public final class AdminMailbox implements AutoCloseable {
    static final String REQUEST = ".request";
    static final String RESPONSE = ".response";
    private static final int FORMAT = 1;
    static final int MAX_REQUEST = 8 * 1024;
    /** A thousand items with long errors take less. */
    static final int MAX_RESPONSE = 32 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(AdminMailbox.class);
    private static final Pattern REQUEST_NAME = Pattern.compile("[0-9a-f]{32}\\.request");
    private static final Duration LOCK_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(10);
    /** The client of an older file has stopped waiting. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    private final LateDirectory lateDir;
    private final AdminService service;
    private final ResultText texts;
    private final Clock clock;
    private final LogThrottle throttle;
    private final AtomicBoolean busy = new AtomicBoolean();
    private Instant nextLock = Instant.MIN;
    private @Nullable FileChannel lock;
    private @Nullable String owner;
    private boolean closed;

    public AdminMailbox(LateDirectory lateDir, AdminService service, ResultText texts, Clock clock) {
        this.lateDir = lateDir;
        this.service = service;
        this.texts = texts;
        this.clock = clock;
        this.throttle = new LogThrottle(
                () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos(), LOG_INTERVAL);
    }

    static void write(Path file, Map<String, @Nullable Object> members, ResultText texts) throws IOException {
        DurableFiles.write(file, texts.write(members).getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads a file; follows no link. */
    static Map<String, @Nullable Object> read(Path file, int most, ResultText texts)
            throws IOException, JsonReadException {
        // Checked before it is opened, because opening a pipe blocks until its other end is opened.
        if (!DurableFiles.isRegular(file)) {
            throw new JsonReadException("it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] text = in.readNBytes(most + 1);
            if (text.length > most) {
                throw new JsonReadException("it is larger than " + most + " bytes");
            }
            return texts.read(text);
        }
    }

    /** Serves the requests since the last call; to be called about once a second. Failures are logged. */
    public void serve() {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            Instant now = clock.instant();
            if (isLocked(now)) {
                look(now);
            }
        } catch (IOException | RuntimeException e) {
            if (throttle.count("failed") > 0) {
                LOG.warn("Admin requests cannot be served; check {}", lateDir.requests(), e);
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
        DurableFiles.makeDirectory(lateDir.requests());
        owner = DurableFiles.processOwner(lateDir.requests());
        lock = lateDir.tryLock().orElse(null);
        if (lock == null && throttle.count("in use") > 0) {
            LOG.warn(
                    "Another process uses {} and serves the admin requests; unless it is this application too, give each"
                            + " application a late-dir of its own",
                    lateDir.directory());
        }
        return lock != null;
    }

    private void look(Instant now) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(lateDir.requests())) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                try {
                    if (Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS)
                            .toInstant()
                            .plus(MAX_AGE)
                            .isBefore(now)) {
                        Files.deleteIfExists(entry);
                    } else if (REQUEST_NAME
                            .matcher(String.valueOf(entry.getFileName()))
                            .matches()) {
                        serve(entry, now);
                    }
                } catch (NoSuchFileException e) {
                    LOG.debug("A request was withdrawn by its client", e);
                }
            }
        }
    }

    /** Done at most once: the file is deleted first, and until then its client can withdraw it. */
    private void serve(Path file, Instant now) throws IOException {
        AdminRequest request = null;
        String problem = null;
        try {
            request = read(file, now);
        } catch (JsonReadException e) {
            problem = String.valueOf(e.getMessage());
        } catch (IOException e) {
            problem = "it cannot be read: " + e.getClass().getSimpleName();
        }
        if (!Files.deleteIfExists(file)) {
            return;
        }
        AdminResponse response;
        if (request == null) {
            LOG.warn("An admin request was refused and not done: {}", LogText.clean(problem));
            response =
                    AdminResponse.problem(AdminResponse.UNREACHABLE, "The application refused the request: " + problem);
        } else {
            LOG.info("Admin request: {} {}", request.command(), LogText.clean(request.id()));
            response = service.respond(request);
        }
        write(Path.of(file.toString().replace(REQUEST, RESPONSE)), response.members(), texts);
    }

    private AdminRequest read(Path file, Instant now) throws IOException, JsonReadException {
        String sender = DurableFiles.ownerOf(file);
        if (!Objects.equals(owner, sender)) {
            throw new JsonReadException("it is of user " + sender + ", and this application runs as " + owner);
        }
        Map<String, @Nullable Object> members = read(file, MAX_REQUEST, texts);
        if (ResultText.number(members, "playtcha_request") != FORMAT) {
            throw new JsonReadException("another version of this library wrote it");
        }
        Instant until = ResultText.instant(members, "until");
        if (until.isBefore(now) || until.isAfter(now.plus(MAX_AGE))) {
            throw new JsonReadException("it has expired, or a clock is wrong");
        }
        List<?> arguments = members.get("arguments") instanceof List<?> list ? list : List.of();
        try {
            return AdminRequest.of(
                    AdminRequest.parse(arguments.stream().map(String::valueOf).toArray(String[]::new)));
        } catch (UsageException e) {
            throw new JsonReadException(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the members of a request file; the request expires when its client has stopped waiting. */
    static Map<String, @Nullable Object> members(Instant until, String... arguments) {
        return Map.of("playtcha_request", FORMAT, "until", until.toEpochMilli(), "arguments", List.of(arguments));
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
