package com.playtcha.jakarta;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/** Counts the memory that work on the calling thread allocates, whether it is kept or not. */
public final class AllocatedBytes {
    private AllocatedBytes() {}

    /** Runs the work twice and counts the second run, in which classes are loaded and constants resolved. */
    public static long by(Callable<?> work) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        work.call();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.call();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
