package com.playtcha.jakarta.internal.gate;

import java.util.function.Supplier;

/**
 * Lets time pass between calls and not during one. What a call returns is right for the time at which it read the clock; if
 * time passes before it ends, there may be no order of the operations, one after the other, that gives the same results.
 */
final class TimeBetweenCalls {
    private int calls;

    /** Makes a call, at once with others. */
    <T> T call(Supplier<T> operation) {
        synchronized (this) {
            calls++;
        }
        try {
            return operation.get();
        } finally {
            synchronized (this) {
                calls--;
                notifyAll();
            }
        }
    }

    /** Lets time pass once no call is under way. */
    synchronized void pass(Runnable time) {
        try {
            while (calls > 0) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        time.run();
    }
}
