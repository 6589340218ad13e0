package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sends requests to the {@link AdminMailbox} of the running application. */
final class AdminClient {
    private static final long LOOK_MS = 50;
    /** A request that was taken has been done or will be, so its response is worth waiting for. */
    private static final Duration TAKEN = Duration.ofSeconds(15);

    private AdminClient() {}

    /** Sends a request and waits for its response. A request that was not taken in time is withdrawn and not done. */
    static AdminResponse send(
            String[] arguments, LateDirectory lateDir, ResultText texts, Duration timeout, Clock clock) {
        String name = DurableFiles.randomDigits();
        Path file = lateDir.requests().resolve(name + AdminMailbox.REQUEST);
        Path response = lateDir.requests().resolve(name + AdminMailbox.RESPONSE);
        try {
            AdminMailbox.write(file, AdminMailbox.members(clock.instant().plus(timeout), arguments), texts);
            if (await(response, timeout) || (!Files.deleteIfExists(file) && await(response, TAKEN))) {
                AdminResponse read = AdminResponse.read(AdminMailbox.read(response, AdminMailbox.MAX_RESPONSE, texts));
                Files.deleteIfExists(response);
                return read;
            }
            return problem("An application uses " + lateDir.directory() + " but did not answer within "
                    + timeout.toSeconds()
                    + " s, so the request was withdrawn. Look into its log, or wait longer with --wait N.");
        } catch (IOException e) {
            return problem("The directory " + lateDir.requests() + " cannot be used ("
                    + e.getClass().getSimpleName() + "). Run this command as the user of the application.");
        } catch (JsonReadException e) {
            return problem("The application's response cannot be read: " + e.getMessage()
                    + ". Use the jar that the application uses.");
        }
    }

    private static AdminResponse problem(String message) {
        return AdminResponse.problem(AdminResponse.UNREACHABLE, message);
    }

    private static boolean await(Path file, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
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
