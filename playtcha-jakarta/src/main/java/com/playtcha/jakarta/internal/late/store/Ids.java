package com.playtcha.jakarta.internal.late.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checks of item ids, which come from outside, and their digests, which serve as database keys and file names. */
public final class Ids {
    /** In characters (contract, section 7). */
    public static final int MAX_LENGTH = 200;

    private Ids() {}

    /** Returns whether an id is not blank and not too long. */
    public static boolean isValid(String id) {
        return !id.isBlank() && id.length() <= MAX_LENGTH;
    }

    /** Throws IllegalArgumentException where an id is blank or too long. */
    public static void requireValid(String id) {
        if (!isValid(id)) {
            throw new IllegalArgumentException(
                    "an id has from 1 to " + MAX_LENGTH + " characters and is not blank, this one has " + id.length());
        }
    }

    /** Returns an item's key: safe in every database, whatever characters it treats as equal, and as a file name. */
    public static String key(String id) {
        return digest(id);
    }

    /** Returns the digest of a list of texts, separated so that different lists have different digests. */
    public static String digest(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                // Escaped first, since UTF-8 replaces each lone surrogate by the same character.
                sha.update(AsciiText.encode(part).getBytes(StandardCharsets.US_ASCII));
                sha.update((byte) 0);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
