package com.playtcha.jakarta.late.callback;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Callers who have not shown a key yet, and have their body read in the hope of one. Anybody can be one of them, and be as
 * slow as the container bears, so they have places of their own, and few from one address: those of an address that fills
 * its places keep out themselves, or who calls through the same proxy. Thread-safe.
 */
final class Strangers {
    /** How long a place is waited for: long enough for callbacks that come in bursts. */
    static final Duration PATIENCE = Duration.ofMillis(250);

    private static final int LONGEST_ADDRESS = 64;
    /** Of an IPv6 address: the rest is its owner's to choose, and to change with each call. */
    private static final int NETWORK_BYTES = 8;

    private final int most;
    private final int mostOfOne;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private int all;
    /** Who waits has a thread of the container's, too. */
    private int waiting;

    /**
     * Nobody yet.
     *
     * @param most at once
     * @param mostOfOne of these, from one address
     */
    Strangers(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** To be closed when the body has been read; null where there is no place, and none for a while. */
    @Nullable
    Place enter(@Nullable String remoteAddress) {
        String address = network(remoteAddress);
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (byAddress) {
            while (isFull(address)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || waiting == most || !isWaitedFor(left)) {
                    return null;
                }
            }
            all++;
            byAddress.merge(address, 1, Integer::sum);
        }
        return () -> leave(address);
    }

    private boolean isFull(String address) {
        return all >= most || byAddress.getOrDefault(address, 0) >= mostOfOne;
    }

    private boolean isWaitedFor(long millis) {
        waiting++;
        try {
            byAddress.wait(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting--;
        }
    }

    /** One stranger's. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    private void leave(String address) {
        synchronized (byAddress) {
            all--;
            byAddress.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
            byAddress.notifyAll();
        }
    }

    /** Whatever cannot be told apart counts as one. */
    private static String network(@Nullable String address) {
        if (address == null || address.length() > LONGEST_ADDRESS) {
            return "";
        }
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            // In brackets it is read as an address or refused, and never looked up as a name.
            InetAddress parsed = InetAddress.getByName(address.startsWith("[") ? address : "[" + address + "]");
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES))
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return "";
        }
    }
}
