package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.store.Ids;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Connects the callback servlets of an application with its engine; kept as an attribute of the servlet context. */
final class CallbackEndpoint {
    static final String ATTRIBUTE = "com.playtcha.jakarta.internal.late.callback.endpoint";
    private static final int MIN_KEY_LENGTH = 16;

    private final Supplier<@Nullable LateInbox> inbox;
    /** A digest, so that the comparison shows neither the content nor the length of the key. */
    private final byte @Nullable [] keyDigest;

    private final Set<String> servletNames;

    CallbackEndpoint(Supplier<@Nullable LateInbox> inbox, @Nullable String key, Set<String> servletNames) {
        if (key != null && key.length() < MIN_KEY_LENGTH) {
            throw new IllegalArgumentException("A callback key must have at least " + MIN_KEY_LENGTH
                    + " characters, but this one has " + key.length() + ".");
        }
        this.inbox = inbox;
        this.keyDigest = key == null ? null : digest(key);
        this.servletNames = Set.copyOf(servletNames);
    }

    private static byte[] digest(String key) {
        return Ids.digest(key).getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns null before the engine is started and after it was closed. */
    @Nullable
    LateInbox inbox() {
        return inbox.get();
    }

    /** Whether a request with these keys may call: at least one key, and no wrong one. */
    boolean accepts(Collection<String> keys) {
        if (keyDigest == null) {
            return true;
        }
        boolean equal = !keys.isEmpty();
        for (String key : keys) {
            equal &= MessageDigest.isEqual(keyDigest, digest(key));
        }
        return equal;
    }

    /** Whether the servlet of this name authenticates its callers by the key. */
    boolean isServedBy(String servletName) {
        return servletNames.contains(servletName);
    }
}
