package com.playtcha.jakarta.internal.request;

/**
 * Detects threads that must not block: those of Vert.x's event loop, on which Quarkus runs methods that return a
 * {@code Uni} or a {@code CompletionStage}.
 */
public final class EventLoop {
    private EventLoop() {}

    /** Throws an {@link IllegalStateException} on a thread that must not block. */
    public static void requireBlockingAllowed() {
        if (Thread.currentThread().getName().startsWith("vert.x-eventloop-thread")) {
            throw new IllegalStateException(
                    "a guard blocks until Playtcha responds, and a thread of Vert.x's event loop must"
                            + " not block: annotate the guarded method with @Blocking (io.smallrye.common.annotation), or"
                            + " call PlaytchaVerifier.verifyAsync");
        }
    }
}
