package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Verification;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Makes the calls of {@code verifyAsync} on threads of the transport, each of which is kept until dependent stages ran. */
final class AsyncCalls {
    private static final int MIN_ASYNC_CALLS = 256;
    private static final int ASYNC_CALLS_PER_CALL = 4;

    private final Upstream upstream;
    private final Semaphore asyncPermits;

    AsyncCalls(Upstream upstream, int maxConcurrent) {
        this.upstream = upstream;
        this.asyncPermits = new Semaphore(Math.max(MIN_ASYNC_CALLS, ASYNC_CALLS_PER_CALL * maxConcurrent));
    }

    /**
     * Makes an admitted call and completes the stage with the decision on it. Returns false, with the admission
     * cancelled, if too many are under way. Throws, likewise cancelled, if there is no thread for it.
     */
    boolean tryBegin(
            Admission admission, Function<CallResult, Verification> decision, CompletableFuture<Verification> stage) {
        if (!asyncPermits.tryAcquire()) {
            admission.cancel();
            return false;
        }
        try {
            admission.begin();
            upstream.execute(() -> run(admission, decision, stage));
            return true;
        } catch (Throwable e) {
            asyncPermits.release();
            admission.cancel();
            throw e;
        }
    }

    private void run(
            Admission admission, Function<CallResult, Verification> decision, CompletableFuture<Verification> stage) {
        try {
            stage.complete(decision.apply(admission.call()));
        } catch (Throwable e) {
            stage.completeExceptionally(e);
        } finally {
            asyncPermits.release();
        }
    }
}
