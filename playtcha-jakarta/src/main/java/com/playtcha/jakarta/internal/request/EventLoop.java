package com.playtcha.jakarta.internal.request;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Detects threads that must not block: those of Vert.x's event loop, on which Quarkus runs methods that return a
 * {@code Uni} or a {@code CompletionStage}.
 */
public final class EventLoop {
    private static final @Nullable Method ON_EVENT_LOOP = find();

    private EventLoop() {}

    private static @Nullable Method find() {
        try {
            return Class.forName("io.vertx.core.Context", false, EventLoop.class.getClassLoader())
                    .getMethod("isOnEventLoopThread");
        } catch (ReflectiveOperationException | LinkageError noVertx) {
            return null;
        }
    }

    /** Throws an {@link IllegalStateException} on a thread that must not block. */
    public static void requireBlockingAllowed() {
        try {
            if (ON_EVENT_LOOP == null || !Boolean.TRUE.equals(ON_EVENT_LOOP.invoke(null))) {
                return;
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot determine whether this thread may block", e);
        }
        throw new IllegalStateException(
                "a guard blocks until Playtcha responds, and a thread of Vert.x's event loop must"
                        + " not block: annotate the guarded method with @Blocking (io.smallrye.common.annotation), or"
                        + " call PlaytchaVerifier.verifyAsync");
    }
}
