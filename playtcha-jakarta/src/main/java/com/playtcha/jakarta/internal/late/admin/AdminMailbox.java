package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the operator's command in the running application: the embedded database can be opened by one process only, and
 * a data source of the server's cannot be reached from outside. The command leaves a file in the folder for requests;
 * this does what it says and leaves the answer beside it. Whoever may write in that folder is the operator, and it is
 * made for its owner only; one that others may write in is not served.
 *
 * <p>Of several processes that share a folder, the one that holds its lock serves it. Thread-safe.
 */
public final class AdminMailbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminMailbox.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration TRY = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LINES = Duration.ofMinutes(10);
    /** Whatever is older was left by someone who does not come back for it. */
    private static final Duration OLD = Duration.ofMinutes(5);
    /** A request is asked for within a second or so; later than this, some clock is wrong or nobody waits. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final int SERVED_AT_ONCE = 16;
    private static final int LOOKED_AT = 1000;

    private final LateDirectory folder;
    private final AdminService operator;
    private final AdminFiles exchange;
    private final Clock clock;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Instant nextLook = Instant.MIN;
    private Instant nextTry = Instant.MIN;
    private Instant nextLine = Instant.MIN;
    private LateDirectory.@Nullable Hold hold;
    private boolean saidInUse;
    private boolean closed;

    /**
     * Makes a desk; serves nobody before {@link #serve} is called.
     *
     * @param folder made, with the one for requests, where it is missing
     * @param operator does what is asked
     * @param texts reads and writes files
     * @param clock what time it is
     */
    public AdminMailbox(LateDirectory folder, AdminService operator, ResultText texts, Clock clock) {
        this.folder = folder;
        this.operator = operator;
        this.exchange = new AdminFiles(texts);
        this.clock = clock;
    }

    /**
     * Does what has been asked for since the last call. To be called often: it looks once a second at most, and returns at
     * once where another call is at it. Takes as long as the store takes; what goes wrong is logged, and not thrown.
     */
    public void serve() {
        Instant now = clock.instant();
        if (now.isBefore(nextLook) || !busy.compareAndSet(false, true)) {
            return;
        }
        try {
            nextLook = now.plus(LOOK);
            if (isHeld(now)) {
                look(now);
            }
        } catch (IOException | DirectoryIteratorException | LateUnavailableException e) {
            complain(now, "The operator's requests cannot be served: {}", folder.requests(), e);
        } catch (RuntimeException e) {
            complain(
                    now,
                    "The operator's requests cannot be served, which is an error of this library's: {}",
                    folder,
                    e);
        } finally {
            busy.set(false);
        }
    }

    private void complain(Instant now, String line, Object what, @Nullable Exception e) {
        if (!now.isBefore(nextLine)) {
            nextLine = now.plus(BETWEEN_LINES);
            LOG.warn(line, what, e);
        }
    }

    private synchronized boolean isHeld(Instant now) throws IOException {
        if (hold != null || closed || now.isBefore(nextTry)) {
            return hold != null;
        }
        nextTry = now.plus(TRY);
        folder.make();
        if (DurableFiles.isWritableByOthers(folder.requests())) {
            complain(
                    now,
                    "The operator's requests are not served, since others than its owner may write in {}",
                    folder.requests(),
                    null);
            return false;
        }
        hold = folder.tryHold().orElse(null);
        if (hold == null && !saidInUse) {
            saidInUse = true;
            // It would take this one's dead letters for its own, and the embedded database serves one process.
            LOG.warn(
                    "Another application or process works with {}, and serves the operator's requests; unless it is this"
                            + " application, too, give each a late-dir of its own",
                    folder.directory());
        }
        return hold != null;
    }

    private void look(Instant now) throws IOException {
        int served = 0;
        int looked = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.requests())) {
            for (Path entry : entries) {
                if (++looked > LOOKED_AT) {
                    return;
                }
                boolean old = isOld(entry, now);
                if (!old && AdminFiles.isRequest(nameOf(entry))) {
                    if (served < SERVED_AT_ONCE) {
                        served++;
                        serve(entry, now);
                    }
                } else if (old) {
                    remove(entry);
                }
            }
        }
    }

    private static String nameOf(Path entry) {
        return String.valueOf(entry.getFileName());
    }

    private static boolean isOld(Path entry, Instant now) {
        try {
            Instant modified =
                    Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).toInstant();
            return modified.plus(OLD).isBefore(now);
        } catch (IOException e) {
            // Gone meanwhile.
            return false;
        }
    }

    private static void remove(Path entry) {
        try {
            if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && Files.deleteIfExists(entry)) {
                LOG.info("Removed an old file of the operator's requests: {}", AsciiText.encode(nameOf(entry)));
            }
        } catch (IOException e) {
            LOG.debug("An old file of the operator's requests cannot be removed", e);
        }
    }

    /** Done once at most: it is taken away before it is done, and whoever asked can take it back until then. */
    private void serve(Path request, Instant now) throws IOException {
        AdminRequest ask = null;
        String wrong = "";
        try {
            Map<String, @Nullable Object> members = exchange.read(request, AdminFiles.MAX_REQUEST);
            Instant until = ResultText.instant(members, "until");
            if (until.isBefore(now) || until.isAfter(now.plus(LONGEST_WAIT))) {
                wrong = "nobody waits for it any more, or a clock is wrong";
            } else {
                ask = AdminRequest.read(members);
            }
        } catch (JsonReadException e) {
            wrong = String.valueOf(e.getMessage());
        } catch (IOException e) {
            wrong = "it cannot be read: " + e.getClass().getSimpleName();
        }
        if (Files.isDirectory(request, LinkOption.NOFOLLOW_LINKS) || !Files.deleteIfExists(request)) {
            return;
        }
        Map<String, @Nullable Object> answer;
        if (ask == null) {
            LOG.warn("A request of the operator's was refused: {}", wrong);
            answer = AdminResponse.of(AdminResponse.UNREACHABLE, "The application refused the request: " + wrong);
        } else {
            LOG.info("The operator asks: {} {}", ask.command().word(), ask.id() == null ? "" : LogText.clean(ask.id()));
            answer = operator.answer(ask);
        }
        String name = nameOf(request);
        exchange.write(
                request.resolveSibling(
                        name.substring(0, name.length() - AdminFiles.REQUEST.length()) + AdminFiles.ANSWER),
                answer);
    }

    /** Serves nobody any more, and gives the folder to another process. */
    @Override
    public synchronized void close() {
        closed = true;
        if (hold != null) {
            hold.close();
            hold = null;
        }
    }
}
