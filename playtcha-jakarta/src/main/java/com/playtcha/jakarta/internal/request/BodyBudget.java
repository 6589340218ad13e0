package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Reason;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the bytes that buffered request bodies of one application take at once (docs/contract.md, section 3). Room for
 * a body is reserved before it is read, and released when its request has ended. Thread-safe.
 */
public final class BodyBudget {
    private static final Logger LOG = LoggerFactory.getLogger(BodyBudget.class);
    private static final int SHARE_OF_HEAP = 16;

    private final long limit;
    private final AtomicLong free;
    /** Strongly reachable, as a reference that is not is never enqueued. */
    private final Set<Reservation> reservations = ConcurrentHashMap.newKeySet();

    private final ReferenceQueue<Room> abandoned = new ReferenceQueue<>();

    /** Creates a budget of a sixteenth of the heap. */
    public BodyBudget() {
        this(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    BodyBudget(long limit) {
        this.limit = limit;
        this.free = new AtomicLong(limit);
    }

    /** Warns of a guard whose greatest bodies never have room. */
    public void check(String guard, int maxBody) {
        if (maxBody > limit) {
            LOG.warn(
                    "Bodies of more than {} bytes are always denied with 503 (overloaded), although max-body of guard \"{}\" is"
                            + " {}: all bodies share a sixteenth of the heap. Make the heap larger, or max-body smaller",
                    limit,
                    guard,
                    maxBody);
        }
    }

    /**
     * Reserves room for a body whose declared length is {@code contentLength}, or -1, and which is read up to a limit.
     */
    public Room reserve(long contentLength, int maxBody) throws UnusableBodyException {
        if (contentLength > maxBody) {
            throw new UnusableBodyException(Reason.BODY_TOO_LARGE);
        }
        for (Reference<?> next = abandoned.poll(); next != null; next = abandoned.poll()) {
            ((Reservation) next).resize(0);
        }
        Room room = new Room();
        room.reserve(contentLength, maxBody);
        return room;
    }

    /**
     * The room of one body. If it is not released, because no end of the request was reported, its collection releases
     * it.
     */
    public final class Room {
        private final Reservation reservation = new Reservation(this);

        private Room() {}

        /** Reserves as {@link BodyBudget#reserve} does, for a body of which more is read than the room was made for. */
        public void reserve(long contentLength, int maxBody) throws UnusableBodyException {
            // Of a body of unknown length, one byte more than allowed is read.
            resize(contentLength < 0 ? Math.min(maxBody + 1L, limit) : contentLength);
        }

        /** Changes the number of bytes. Without room for more of them nothing changes. */
        public void resize(long bytes) throws UnusableBodyException {
            if (!reservation.resize(bytes)) {
                throw new UnusableBodyException(Reason.LOCAL_RESOURCES);
            }
        }

        /** May be called more than once. */
        public void release() {
            reservation.resize(0);
        }
    }

    private final class Reservation extends PhantomReference<Room> {
        private long bytes;

        Reservation(Room room) {
            super(room, abandoned);
        }

        synchronized boolean resize(long wanted) {
            long more = wanted - bytes;
            long before = free.getAndUpdate(left -> left >= more ? left - more : left);
            if (before < more) {
                return false;
            }
            bytes = wanted;
            if (wanted == 0) {
                reservations.remove(this);
            } else {
                reservations.add(this);
            }
            return true;
        }
    }
}
