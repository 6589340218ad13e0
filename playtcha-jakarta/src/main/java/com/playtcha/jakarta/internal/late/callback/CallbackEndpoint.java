package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What connects callback servlets with their application's engine; kept in an attribute of the servlet context. */
final class CallbackEndpoint {
    /** A value of any other type under this name is nobody's. */
    static final String ATTRIBUTE = "com.playtcha.jakarta.internal.late.callback.port";

    private final Supplier<@Nullable LateInbox> inbox;
    private final @Nullable CallbackKey key;
    private final Set<String> servletNames;

    CallbackEndpoint(Supplier<@Nullable LateInbox> inbox, @Nullable String key, Set<String> servletNames) {
        this.inbox = inbox;
        this.key = key == null ? null : new CallbackKey(key);
        this.servletNames = Set.copyOf(servletNames);
    }

    /** Null before the engine is up, and after it was closed. */
    @Nullable
    LateInbox inbox() {
        return inbox.get();
    }

    /** Whether a request may be served that presented no key. */
    boolean isOpen() {
        return key == null;
    }

    /** Whether a request that presented these keys, and no other, may be served. */
    boolean lets(Set<String> presented) {
        return key == null || key.isAllOf(presented);
    }

    /** Whether the servlet that is registered under a name authenticates its callers by the key. */
    boolean isServedBy(String servletName) {
        return servletNames.contains(servletName);
    }
}
