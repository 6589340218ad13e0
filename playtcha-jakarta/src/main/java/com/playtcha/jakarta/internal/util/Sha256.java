package com.playtcha.jakarta.internal.util;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests of texts. */
public final class Sha256 {
    private Sha256() {}

    /**
     * Returns the digest of all parts in order. Each is hashed as its length and its UTF-16 code units, so two different
     * lists never hash alike, and lone surrogates, which UTF-8 would replace, stay different.
     */
    public static byte[] digest(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + part.length() * Character.BYTES);
                bytes.putInt(part.length()).asCharBuffer().put(part);
                sha.update(bytes.array());
            }
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns the digest as 64 lower-case hexadecimal digits. */
    public static String hex(String... parts) {
        return HexFormat.of().formatHex(digest(parts));
    }
}
