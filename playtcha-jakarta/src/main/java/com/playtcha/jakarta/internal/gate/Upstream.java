package com.playtcha.jakarta.internal.gate;

/** Port to the transport: one call to Playtcha within one deadline, without retry or redirect. Thread-safe. */
public interface Upstream {

    /** Verifies one token; after a close, fails as interrupted. Throws only because of a bug in this library. */
    UpstreamResult call(String token);

    /**
     * Runs work that may block on a thread of its own. Throws an {@link IllegalStateException} if the transport was closed,
     * and an error if there is no memory for a thread; the work does not run then.
     */
    void execute(Runnable work);

    /** Whether the transport was closed for good. */
    boolean isClosed();

    /** Returns the project with the secret that was last read. Does not read a file. */
    Project project();
}
