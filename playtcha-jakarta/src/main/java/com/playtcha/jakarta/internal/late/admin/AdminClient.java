package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
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

/** Asks the running application. */
final class AdminClient {
    private static final long LOOK_MS = 50;
    /** Once a request was taken, its answer is waited for: it has been done or is about to be. */
    private static final Duration TAKEN = Duration.ofSeconds(15);

    private final LateDirectory folder;
    private final AdminFiles exchange;
    private final Clock clock;

    AdminClient(LateDirectory folder, AdminFiles exchange, Clock clock) {
        this.folder = folder;
        this.exchange = exchange;
        this.clock = clock;
    }

    /**
     * Asks, and waits for the answer. A request that nobody took in time is taken back, and so will not be done.
     *
     * @throws UnreachableException where there is no answer
     */
    Map<String, @Nullable Object> ask(AdminRequest ask, Duration wait) throws UnreachableException {
        String name = exchange.newName();
        Path request = folder.requests().resolve(name + AdminFiles.REQUEST);
        Path answer = folder.requests().resolve(name + AdminFiles.ANSWER);
        Thread takeBack = new Thread(() -> delete(request), "playtcha-late-take-back");
        try {
            exchange.write(request, ask.members(clock.instant().plus(wait)));
            Runtime.getRuntime().addShutdownHook(takeBack);
            if (await(answer, wait) || (!delete(request) && await(answer, TAKEN))) {
                return exchange.read(answer, AdminFiles.MAX_ANSWER);
            }
        } catch (IOException e) {
            throw new UnreachableException("The folder " + folder.requests() + " cannot be used ("
                    + e.getClass().getSimpleName() + "). Run this as the user that the application runs as.");
        } catch (JsonReadException e) {
            throw new UnreachableException("The application's answer is not understood: " + e.getMessage()
                    + ". Use the jar that the application uses.");
        } finally {
            delete(answer);
            forget(takeBack);
        }
        throw new UnreachableException("An application has " + folder.directory()
                + " in use, but did not answer within " + wait.toSeconds() + " s, and the request was taken back."
                + " Its log may say why; --wait N waits longer.");
    }

    private static void forget(Thread takeBack) {
        try {
            Runtime.getRuntime().removeShutdownHook(takeBack);
        } catch (IllegalStateException e) {
            // The process is ending, and takes the request back.
        }
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
