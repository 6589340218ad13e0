package com.playtcha.jakarta.internal.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses in CIDR notation (RFC 4632, RFC 4291). An IPv4 address that is mapped into IPv6 is the IPv4
 * address. Names are never looked up.
 */
public final class AddressRange {
    private static final int MAPPED_BITS = 96;

    private final byte[] network;
    private final int prefix;

    private AddressRange(byte[] network, int prefix) {
        this.network = masked(network, prefix);
        this.prefix = prefix;
    }

    /** Returns null for a text that is neither an address nor a range. */
    static @Nullable AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        byte[] address = literal.contains("%") ? null : bytesOfLiteral(literal);
        String length = slash < 0 ? "" : text.substring(slash + 1);
        if (address == null || slash >= 0 && !length.matches("[0-9]{1,3}")) {
            return null;
        }
        int bits = address.length * Byte.SIZE;
        boolean isMapped = bits == 32 && literal.contains(":");
        int prefix = length.isEmpty() ? bits : Integer.parseInt(length) - (isMapped ? MAPPED_BITS : 0);
        return prefix < 0 || prefix > bits ? null : new AddressRange(address, prefix);
    }

    /** Whether the range contains an address, as {@link #bytes} returns it. */
    public boolean contains(byte[] address) {
        return address.length == network.length && Arrays.equals(masked(address, prefix), network);
    }

    /**
     * Returns the four or sixteen bytes of an address as containers report it, in brackets, with a zone, or with the port that
     * some proxies add to it, too; null for any other text.
     */
    public static byte @Nullable [] bytes(String text) {
        return bytesOfLiteral(text.replaceFirst("^([0-9.]+|\\[.*]):[0-9]{1,5}$", "$1"));
    }

    private static byte @Nullable [] bytesOfLiteral(String text) {
        String literal = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        literal = literal.contains(":") ? literal.replaceFirst("%.*", "") : literal;
        String octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        if (!literal.matches(octet + "(\\." + octet + "){3}|(?=.*:)[0-9A-Fa-f:][0-9A-Fa-f:.]*")) {
            return null;
        }
        try {
            // A literal with a colon is never looked up, and one without is four numbers of a byte here.
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException notAnAddress) {
            return null;
        }
    }

    /** Returns the address with all bits after the first ones cleared. */
    public static byte[] masked(byte[] address, int prefix) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int bits = Math.max(0, Math.min(Byte.SIZE, prefix - i * Byte.SIZE));
            masked[i] &= (byte) (0xff << (Byte.SIZE - bits));
        }
        return masked;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressRange that && prefix == that.prefix && Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return Objects.hash(prefix, Arrays.hashCode(network));
    }
}
