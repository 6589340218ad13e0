package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.Arguments;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin command in the running application, since one process only can open the embedded database. Requests
 * are files in late-dir that the application's user owns; of several processes, the one that holds the lock serves.
 */
public final class AdminMailbox implements AutoCloseable {
    private static final String REQUEST = ".request";
    private static final String RESPONSE = ".response";
    private static final int MAX_REQUEST = 8 * 1024;
    /** A list of the most items, each with the longest error, has a tenth of it. */
    private static final int MAX_RESPONSE = 64 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(AdminMailbox.class);
    private static final Pattern REQUEST_NAME = Pattern.compile("[0-9a-f]{32}\\.request");
    /** The client of an older file has stopped waiting. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    private static final Duration LOOK = Duration.ofMillis(50);
    /** A request that is not taken within this time is withdrawn. */
    private static final Duration WAIT = Duration.ofSeconds(5);
    /** A request that was taken has been done or will be, so its response is worth waiting for. */
    private static final Duration TAKEN = Duration.ofSeconds(15);

    private final LateDirectory lateDir;
    private final AdminService service;
    private final ResultText texts;
    private final Clock clock;
    private final LogThrottle throttle = new LogThrottle(System::nanoTime, Duration.ofMinutes(10));
    private @Nullable Closeable lock;
    private boolean closed;

    public AdminMailbox(LateDirectory lateDir, AdminService service, ResultText texts, Clock clock) {
        this.lateDir = lateDir;
        this.service = service;
        this.texts = texts;
        this.clock = clock;
    }

    /** Sends a request and waits for its response. A request that was not taken in time is withdrawn and not done. */
    static AdminResponse send(LateDirectory lateDir, ResultText texts, String... arguments)
            throws IOException, JsonReadException {
        String name = DurableFiles.randomDigits();
        Path file = lateDir.requests().resolve(name + REQUEST);
        Path response = lateDir.requests().resolve(name + RESPONSE);
        write(file, Map.of("arguments", List.of(arguments)), texts);
        boolean answered = await(response, WAIT);
        boolean withdrawn = !answered && Files.deleteIfExists(file);
        if (answered || (!withdrawn && await(response, TAKEN))) {
            try {
                String sender = DurableFiles.ownerOf(response);
                if (!Objects.equals(sender, DurableFiles.processOwner(lateDir.requests()))) {
                    return AdminResponse.unreachable("A response came from user " + sender
                            + " and is not used: only the application's user may write in " + lateDir.requests()
                            + ". Run chmod g-w on it.");
                }
                return AdminResponse.read(texts.read(DurableFiles.read(response, MAX_RESPONSE)));
            } finally {
                Files.deleteIfExists(response);
            }
        }
        if (!withdrawn) {
            return AdminResponse.unreachable("The application that uses " + lateDir.directory()
                    + " took the request, but did not answer within "
                    + WAIT.plus(TAKEN).toSeconds()
                    + " s: it may be done, or still be under way. Look into its log.");
        }
        return AdminResponse.unreachable("An application uses " + lateDir.directory() + " but did not answer within "
                + WAIT.toSeconds() + " s, so the request was withdrawn. Look into its log.");
    }

    private static boolean await(Path file, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (!Files.exists(file) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return Files.exists(file);
    }

    static void write(Path file, Map<String, ? extends Object> members, ResultText texts) throws IOException {
        DurableFiles.write(file, texts.write(members).getBytes(StandardCharsets.US_ASCII));
    }

    /** Shows other processes that an application uses late-dir, before it serves requests. */
    public void open() {
        try {
            isLocked();
        } catch (IOException e) {
            LOG.debug("{} is locked once requests are served", lateDir.directory(), e);
        }
    }

    /** Serves the requests since the last call; to be called once a second, one call at a time. Failures are logged. */
    public void serve() {
        try {
            if (isLocked()) {
                look();
            }
        } catch (IOException | RuntimeException e) {
            if (throttle.count("failed") > 0) {
                LOG.warn("Admin requests cannot be served; check {}", lateDir.requests(), e);
            }
        }
    }

    private synchronized boolean isLocked() throws IOException {
        if (lock == null && !closed) {
            DurableFiles.makeDirectory(lateDir.requests());
            lock = lateDir.tryLock().orElse(null);
            if (lock == null && throttle.count("in use") > 0) {
                LOG.warn(
                        "Another process uses {} and serves the admin requests; unless it is this application too, give"
                                + " each application a late-dir of its own",
                        lateDir.directory());
            }
        }
        return lock != null;
    }

    private void look() throws IOException {
        Instant oldest = clock.instant().minus(MAX_AGE);
        // Opening a pipe would block until its other end is opened, and a link is not followed.
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(lateDir.requests(), DurableFiles::isRegular)) {
            for (Path entry : entries) {
                try {
                    if (Files.getLastModifiedTime(entry).toInstant().isBefore(oldest)) {
                        Files.deleteIfExists(entry);
                    } else if (REQUEST_NAME
                            .matcher(String.valueOf(entry.getFileName()))
                            .matches()) {
                        serve(entry);
                    }
                } catch (NoSuchFileException e) {
                    LOG.debug("A request was withdrawn by its client", e);
                }
            }
        }
    }

    /** Done at most once: the file is deleted first, and until then its client can withdraw it. */
    private void serve(Path file) throws IOException {
        AdminResponse response;
        try {
            Arguments line = read(file);
            Files.delete(file);
            LOG.info("Admin request: {}", LogText.sanitize(String.join(" ", line.words())));
            response = respond(line);
        } catch (JsonReadException | UsageException e) {
            Files.deleteIfExists(file);
            LOG.warn("An admin request was refused and not done: {}", LogText.sanitize(e.getMessage()));
            response = AdminResponse.unreachable("The application refused the request: " + e.getMessage());
        }
        String name = String.valueOf(file.getFileName());
        write(file.resolveSibling(name.replace(REQUEST, RESPONSE)), response.members(), texts);
    }

    /** With the status that the command has without the application, too. */
    private AdminResponse respond(Arguments line) {
        try {
            return service.respond(line);
        } catch (UsageException e) {
            return AdminResponse.wrong(String.valueOf(e.getMessage()));
        }
    }

    private Arguments read(Path file) throws IOException, JsonReadException {
        String sender = DurableFiles.ownerOf(file);
        String owner = DurableFiles.processOwner(lateDir.requests());
        if (!Objects.equals(owner, sender)) {
            throw new JsonReadException("it is of user " + sender + ", and this application runs as " + owner);
        }
        if (Files.size(file) > MAX_REQUEST) {
            throw new JsonReadException("it is larger than " + MAX_REQUEST + " bytes");
        }
        return parse(DurableFiles.read(file, MAX_REQUEST), texts);
    }

    /** Reads the text of a request file. */
    static Arguments parse(byte[] text, ResultText texts) throws JsonReadException {
        List<?> arguments = texts.read(text).get("arguments") instanceof List<?> list ? list : List.of();
        return AdminService.parse(arguments.stream().map(String::valueOf).toArray(String[]::new));
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
