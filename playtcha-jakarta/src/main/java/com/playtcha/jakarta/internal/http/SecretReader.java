package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.SharedTask;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a secret's file on a thread of its own when that is due, because its volume may not answer. One call waits for the
 * file, for a part of its time; meanwhile, and if the file is not read in time, the last good secret is used. Thread-safe.
 */
final class SecretReader {
    private static final Logger LOG = LoggerFactory.getLogger(SecretReader.class);
    /** The larger part is for the call itself. */
    private static final int PART_OF_TIME_LEFT = 4;

    private final SecretSource source;
    private final SharedTask<String> reading;

    /** Starts no thread yet. */
    SecretReader(SecretSource source, DaemonThreads threads) {
        this.source = source;
        this.reading = new SharedTask<>(threads, "secret-file", source::current);
    }

    /** Returns the secret for a call. An interrupt stays set, and the call reports it. */
    String current(RunningCall call) {
        if (source.isDue() && !reading.isRunning()) {
            Duration limit = Duration.ofNanos(call.nanosLeft() / PART_OF_TIME_LEFT);
            try {
                reading.get(limit.toNanos());
            } catch (TimeoutException e) {
                LOG.warn(
                        "{} was not read within {} ms; the last good secret stays in use until it is; check its volume",
                        source,
                        limit.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (CancellationException | OutOfMemoryError e) {
                // The call reports the same: the transport was closed, or there is no memory.
            } catch (ExecutionException e) {
                // Without memory, the last good secret stays in use.
                if (!(e.getCause() instanceof OutOfMemoryError)) {
                    throw new IllegalStateException("Reading a secret failed", e.getCause());
                }
            }
        }
        return source.latest();
    }

    /** Begins no more reading. Returns at once. */
    void stop() {
        reading.stop();
    }
}
