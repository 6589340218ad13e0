package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.late.LateResultHandler;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The handler that an application names in META-INF/services, made once, whoever asks for it. Thread-safe. */
final class HandlerServices {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerServices.class);

    /** Held while a constructor of the application's runs, which may take for ever. */
    private final ReentrantLock making = new ReentrantLock();

    private boolean looked;
    private @Nullable LateResultHandler handler;
    private volatile boolean ended;

    /**
     * The service.
     *
     * @param loader the application's, null where it is unknown
     * @return null where there is none, and after the end
     * @throws IllegalStateException where there is more than one, or one that cannot be made: it is tried again; or where
     *     this thread was interrupted while another one made it
     */
    @Nullable
    LateResultHandler find(@Nullable ClassLoader loader) {
        LateResultHandler found = made(loader);
        if (ended) {
            // Meanwhile, and nobody waited for it to be made.
            drop();
            return null;
        }
        return found;
    }

    private @Nullable LateResultHandler made(@Nullable ClassLoader loader) {
        try {
            making.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the LateResultHandler was being made", e);
        }
        try {
            if (ended) {
                // Whoever made it meanwhile may find this thread in its way.
                handler = null;
            } else if (!looked) {
                handler = load(loader);
                looked = true;
            }
            return handler;
        } finally {
            making.unlock();
        }
    }

    private static @Nullable LateResultHandler load(@Nullable ClassLoader loader) {
        try {
            List<ServiceLoader.Provider<LateResultHandler>> named =
                    ServiceLoader.load(LateResultHandler.class, loader).stream().toList();
            if (named.size() > 1) {
                throw new IllegalStateException("META-INF/services names more than one LateResultHandler: "
                        + named.stream().map(each -> each.type().getName()).toList()
                        + ". One application has one; set it in code, or leave one");
            }
            return named.isEmpty() ? null : named.get(0).get();
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "META-INF/services names a LateResultHandler that cannot be used: " + e.getMessage(), e);
        }
    }

    /** Nothing is to keep the application's classes once it ended. Waits for no constructor. */
    void forget() {
        ended = true;
        if (!drop()) {
            LOG.warn("The LateResultHandler of META-INF/services is being made still, and is not waited for");
        }
    }

    /** False where a thread is making it, which then does this. */
    private boolean drop() {
        if (!making.tryLock()) {
            return false;
        }
        try {
            handler = null;
        } finally {
            making.unlock();
        }
        return true;
    }
}
