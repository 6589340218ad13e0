package com.playtcha.jakarta.internal.late.callback;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Callers who have not shown a key yet, and have their body read in the hope of one. Anybody can be one of them, and be as
 * slow as the container bears, so they have places of their own, and few from one address: those of an address that fills
 * its places keep out themselves, or who calls through the same proxy.
 *
 * <p>Callbacks that come in bursts queue up, since bodies that are there are read at once. Who queues has a thread of the
 * container's, so nobody queues behind bodies that do not come: only as long as places come free. Thread-safe.
 */
final class UnauthenticatedCallLimiter {
    private static final int LONGEST_ADDRESS = 64;
    /** Of an IPv6 address: the rest is its owner's to choose, and to change with each call. */
    private static final int NETWORK_BYTES = 8;

    private final CallbackLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Group> byAddress = new HashMap<>();
    private final Group all;
    /** First come, first served, but for those of an address that has its places. */
    private final Deque<Waiter> queue = new ArrayDeque<>();

    /** Nobody yet. */
    UnauthenticatedCallLimiter(CallbackLimits limits) {
        this.limits = limits;
        this.all = new Group(limits.most(), CallbackLimits.QUEUE);
    }

    /** All of them, or those of one address. Guarded by the lock. */
    private static final class Group {
        private final int most;
        private final int mostWaiting;
        private int reading;
        private int waiting;
        /** When a place was taken or came free: while all are taken and none comes free, this stands still. */
        private long moved;

        private Group(int most, int mostWaiting) {
            this.most = most;
            this.mostWaiting = mostWaiting;
        }

        private boolean isFull() {
            return reading >= most;
        }

        private void add(int places) {
            reading += places;
            moved = System.nanoTime();
        }

        /** How long places may stand still from now on. */
        private long leftOf(long standstill, long now) {
            return isFull() ? moved + standstill - now : standstill;
        }
    }

    /** One who queues. */
    private static final class Waiter {
        private final Group own;
        private final Condition turn;
        private boolean admitted;

        private Waiter(Group own, Condition turn) {
            this.own = own;
            this.turn = turn;
        }
    }

    /** One stranger's. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** To be closed when the body has been read; null where there is no place, and none for a while. */
    @Nullable
    Place enter(@Nullable String remoteAddress) {
        String address = network(remoteAddress);
        lock.lock();
        try {
            Group own = byAddress.computeIfAbsent(
                    address, a -> new Group(limits.mostOfOneAddress(), CallbackLimits.QUEUE_OF_ONE_ADDRESS));
            if (!hasRoom(own)) {
                if (!queues(own)) {
                    forget(address, own);
                    return null;
                }
            } else {
                admit(own);
            }
            return () -> leave(address, own);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom(Group own) {
        return !all.isFull() && !own.isFull();
    }

    private void admit(Group own) {
        all.add(1);
        own.add(1);
    }

    /** False where it has become too long. */
    private boolean queues(Group own) {
        if (all.waiting >= all.mostWaiting || own.waiting >= own.mostWaiting) {
            return false;
        }
        Waiter waiter = new Waiter(own, lock.newCondition());
        queue.add(waiter);
        all.waiting++;
        own.waiting++;
        try {
            long end = System.nanoTime() + limits.strangersPatience().toNanos();
            long standstill = limits.standstill().toNanos();
            while (!waiter.admitted) {
                long now = System.nanoTime();
                long left = Math.min(end - now, Math.min(all.leftOf(standstill, now), own.leftOf(standstill, now)));
                if (left <= 0) {
                    break;
                }
                long unused = waiter.turn.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            all.waiting--;
            own.waiting--;
            if (!waiter.admitted) {
                queue.remove(waiter);
            }
        }
        return waiter.admitted;
    }

    private void leave(String address, Group own) {
        lock.lock();
        try {
            all.add(-1);
            own.add(-1);
            for (Iterator<Waiter> next = queue.iterator(); next.hasNext() && !all.isFull(); ) {
                Waiter waiter = next.next();
                if (!waiter.own.isFull()) {
                    next.remove();
                    admit(waiter.own);
                    waiter.admitted = true;
                    waiter.turn.signal();
                }
            }
            forget(address, own);
        } finally {
            lock.unlock();
        }
    }

    private void forget(String address, Group own) {
        if (own.reading == 0 && own.waiting == 0) {
            byAddress.remove(address);
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
