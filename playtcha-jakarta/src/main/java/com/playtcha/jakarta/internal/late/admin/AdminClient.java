package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends requests to the running application. */
final class AdminClient {
    private static final long LOOK_MS = 50;
    /** A request that was taken has been done or will be, so its response is worth waiting for. */
    private static final Duration TAKEN = Duration.ofSeconds(15);

    private final LateDirectory folder;
    private final AdminFiles files;
    private final Clock clock;

    AdminClient(LateDirectory folder, AdminFiles files, Clock clock) {
        this.folder = folder;
        this.files = files;
        this.clock = clock;
    }

    /** Sends a request and waits for its response. A request that was not taken in time is withdrawn and not done. */
    Map<String, @Nullable Object> send(AdminRequest request, Duration wait) throws UnreachableException {
        String name = DurableFiles.randomDigits();
        Path file = folder.requests().resolve(name + AdminFiles.REQUEST);
        Path response = folder.requests().resolve(name + AdminFiles.ANSWER);
        try {
            files.write(file, request.members(clock.instant().plus(wait)));
            if (await(response, wait) || (!delete(file) && await(response, TAKEN))) {
                return files.read(response, AdminFiles.MAX_ANSWER);
            }
        } catch (IOException e) {
            throw new UnreachableException("The folder " + folder.requests() + " cannot be used ("
                    + e.getClass().getSimpleName() + "). Run this command as the user of the application.");
        } catch (JsonReadException e) {
            throw new UnreachableException("The application's response cannot be read: " + e.getMessage()
                    + ". Use the jar that the application uses.");
        } finally {
            delete(response);
        }
        throw new UnreachableException("An application uses " + folder.directory()
                + " but did not answer within " + wait.toSeconds()
                + " s, so the request was withdrawn. Look into its log,"
                + " or wait longer with --wait N.");
    }

    private static boolean delete(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean await(Path file, Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        try {
            while (!Files.exists(file)) {
                if (System.nanoTime() - end >= 0 || never.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
