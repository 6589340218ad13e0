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
    public static void mayWait() {
        Method onEventLoop = ON_EVENT_LOOP;
        if (onEventLoop == null) {
            return;
        }
        boolean on;
        try {
            on = Boolean.TRUE.equals(onEventLoop.invoke(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("whether this thread may wait cannot be told", e);
        }
        if (on) {
            throw new IllegalStateException(
                    "a guard waits for Playtcha, and this is a thread of Vert.x's event loop, which"
                            + " must not wait: annotate the guarded method with @Blocking (io.smallrye.common.annotation), or"
                            + " call PlaytchaVerifier.verifyAsync");
        }
    }
}
