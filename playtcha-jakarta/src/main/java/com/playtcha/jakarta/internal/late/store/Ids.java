package com.playtcha.jakarta.internal.late.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The ids of items, which come from outside, and the digests that stand for them where a plain name is needed. */
public final class Ids {
    /** In characters (contract, section 7). */
    public static final int MAX_LENGTH = 200;

    private Ids() {}

    /** Whether an id may be that of an item. */
    public static boolean isValid(String id) {
        return !id.isBlank() && id.length() <= MAX_LENGTH;
    }

    /** Refuses an id that cannot be one. */
    public static String requireValid(String id) {
        if (!isValid(id)) {
            throw new IllegalArgumentException("an id has from 1 to " + MAX_LENGTH
                    + " characters and is not blank, this" + " one has " + id.length());
        }
        return id;
    }

    /** What an item is found by: safe in every database, whatever it folds or pads, and no path. */
    public static String key(String id) {
        return digest(id);
    }

    /** A digest of several texts, no two lists of which run together. */
    public static String digest(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                // Escaped first, since UTF-8 has no lone surrogates and would make them all one character.
                sha.update(AsciiText.encode(part).getBytes(StandardCharsets.US_ASCII));
                sha.update((byte) 0);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
