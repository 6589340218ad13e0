package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Bounds how long requests wait for the database and the disk, and how many of them wait for long: a server has few
 * threads, which other pages need. Thread-safe.
 */
final class RequestWaits {
    private final int maxLongWaits;
    private final long longWaitNanos;
    private final Semaphore longWaits;

    RequestWaits(int maxLongWaits, Duration longWait) {
        this.maxLongWaits = maxLongWaits;
        this.longWaits = new Semaphore(maxLongWaits);
        this.longWaitNanos = longWait.toNanos();
    }

    /**
     * Begins the waits of one request.
     *
     * @param limit of all of its waits together
     * @throws TooManyWaitsException where too many requests have been waiting for long
     */
    Wait begin(Duration limit) {
        if (longWaits.availablePermits() == 0) {
            throw tooMany();
        }
        return new Wait(limit, longWaitNanos);
    }

    /** As {@link #begin}, for a thread that no other page needs: its waits are not counted. */
    Wait beginUncounted(Duration limit) {
        return new Wait(limit, Long.MAX_VALUE);
    }

    private TooManyWaitsException tooMany() {
        return new TooManyWaitsException(
                maxLongWaits + " requests have been waiting for the database or the disk for more than "
                        + TimeUnit.NANOSECONDS.toMillis(longWaitNanos) + " ms (late-max-waiting)");
    }

    /** Thrown where as many requests have been waiting for long as {@code late-max-waiting} allows. */
    static final class TooManyWaitsException extends LateUnavailableException {
        private static final long serialVersionUID = 1L;

        private TooManyWaitsException(String message) {
            super(message, null);
        }
    }

    /** The waits of one request, one after the other. Not thread-safe. */
    final class Wait implements AutoCloseable {
        private final long began = System.nanoTime();
        private final long limitNanos;
        private final long countedAfterNanos;
        private boolean counted;

        private Wait(Duration limit, long countedAfterNanos) {
            this.limitNanos = limit.toNanos();
            this.countedAfterNanos = countedAfterNanos;
        }

        /**
         * Waits for a call, at most for {@code limit}; a call that is not awaited any longer and has not begun is cancelled.
         *
         * @throws StoreException where it failed, or did not end in time, which its cause says; it may have completed
         */
        <T> T await(CompletableFuture<T> call, Duration limit) {
            long start = System.nanoTime() - began;
            // Not before the start, where earlier waits have taken the whole time.
            long end = Math.max(start, Math.min(limitNanos, start + limit.toNanos()));
            try {
                if (!counted && countedAfterNanos < end) {
                    try {
                        return call.get(Math.max(0, countedAfterNanos - start), TimeUnit.NANOSECONDS);
                    } catch (TimeoutException e) {
                        count();
                    }
                }
                return call.get(Math.max(0, end - (System.nanoTime() - began)), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new StoreException(
                        "There was no answer within " + TimeUnit.NANOSECONDS.toMillis(end - start) + " ms", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException("Interrupted while waiting", e);
            } catch (ExecutionException e) {
                throw StoreCalls.asStoreException(e.getCause() == null ? e : e.getCause());
            } finally {
                // A running operation is not interrupted.
                call.cancel(false);
            }
        }

        private void count() {
            if (!longWaits.tryAcquire()) {
                throw tooMany();
            }
            counted = true;
        }

        @Override
        public void close() {
            if (counted) {
                counted = false;
                longWaits.release();
            }
        }
    }
}
