package com.playtcha.jakarta.internal.http;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** Tells a failure of the network from one of a process that is short of heap. To be read after a failure: it costs microseconds. */
final class HeapState {
    private static final double FULL = 0.9;

    private HeapState() {}

    /**
     * Returns whether more than nine tenths of the heap were in use after the last collection, and still are. The process
     * mostly collects garbage then, and its calls pass their deadlines whatever the network does. What is in use before a
     * collection says nothing: it may all be garbage.
     */
    static boolean isFull() {
        try {
            Runtime process = Runtime.getRuntime();
            double full = FULL * process.maxMemory();
            return process.totalMemory() - process.freeMemory() > full && usedAfterCollection() > full;
        } catch (OutOfMemoryError e) {
            return true;
        } catch (LinkageError e) {
            // A runtime image without java.management.
            return false;
        }
    }

    private static long usedAfterCollection() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            used += usage == null ? 0 : usage.getUsed();
        }
        return used;
    }
}
