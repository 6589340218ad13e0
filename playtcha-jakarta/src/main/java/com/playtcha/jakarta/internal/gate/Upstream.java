package com.playtcha.jakarta.internal.gate;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One call to Playtcha, within one deadline. Implemented by the transport; thread-safe. */
public interface Upstream {

    /**
     * Asks Playtcha about one token, once: no retry, no redirect.
     *
     * @param token in visible ASCII
     * @return the answer, or why there is none; throws for a bug of our own only
     * @throws IllegalStateException when closed
     */
    UpstreamResponse call(String token);

    /**
     * The same without holding the caller up: either throws, or calls back exactly once, by the same deadline.
     *
     * @param token in visible ASCII
     * @param then gets the answer, or the bug of our own that there was instead; on a thread that nobody else needs, so
     *     it may block
     * @throws IllegalStateException when closed
     */
    void callAsync(String token, BiConsumer<@Nullable UpstreamResponse, @Nullable Throwable> then);

    /**
     * Runs something else that may block on such a thread.
     *
     * @param work run once; on this thread where no other can be had
     */
    void dispatch(Runnable work);

    /**
     * Whether this was closed, so that nobody can be asked any more.
     *
     * @return true for ever, once it is
     */
    boolean isClosed();

    /**
     * What Playtcha's project is known by here: equal for two guards with the same base URL and secret at the time of
     * the call. An opaque digest, safe to keep, not to be shown.
     *
     * @return never null
     */
    String project();
}
