package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.store.Ids;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;

/** What a caller has to know. Holds a digest of it only, so that neither its content nor its length shows. */
final class CallbackKey {
    private static final int SHORTEST = 16;

    private final byte[] digest;

    /**
     * Takes a key.
     *
     * @param key of at least 16 characters: an empty one would open the inbox to everyone
     */
    CallbackKey(String key) {
        if (key.length() < SHORTEST) {
            throw new IllegalArgumentException(
                    "a callback key has at least " + SHORTEST + " characters, this one has " + key.length());
        }
        this.digest = digest(key);
    }

    /**
     * Whether this is what a caller presented, and nothing else.
     *
     * @param presented all different values, wherever in the request they stood
     * @return false where there is none, or where one of them is another
     */
    boolean isAllOf(Set<String> presented) {
        boolean same = !presented.isEmpty();
        for (String value : presented) {
            same &= MessageDigest.isEqual(digest, digest(value));
        }
        return same;
    }

    private static byte[] digest(String key) {
        return Ids.digest(key).getBytes(StandardCharsets.US_ASCII);
    }
}
