package com.playtcha.jakarta.internal.gate;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Port to the transport: one call to Playtcha within one deadline, without retry or redirect. Thread-safe. */
public interface Upstream {

    /** Verifies one token. Throws only because of a bug in this library. */
    UpstreamResponse call(String token);

    /**
     * The same without blocking: either throws or calls back exactly once, within the deadline, on a thread that may
     * block. The callback gets the response, or the bug that came instead.
     */
    void callAsync(String token, BiConsumer<@Nullable UpstreamResponse, @Nullable Throwable> then);

    /** Runs work that may block on a thread of the callbacks, or on this one where no other is available. */
    void dispatch(Runnable work);

    /** Whether the transport was closed for good. */
    boolean isClosed();

    /**
     * A digest that is equal for guards with the same base URL and secret at the time of the call. Safe to store, not to
     * be shown.
     */
    String project();
}
