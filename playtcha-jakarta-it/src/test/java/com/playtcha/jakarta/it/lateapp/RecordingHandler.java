package com.playtcha.jakarta.it.lateapp;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * Records late results. Fails at the first attempt of an id that begins with {@code fails}, and blocks for one that
 * begins with {@code held} while the application holds.
 */
public class RecordingHandler implements LateResultHandler {
    private static final Object GATE = new Object();
    private static final AtomicInteger WAITING = new AtomicInteger();
    private static boolean holding;

    /** Blocks calls from now on, until the application ends. */
    static void hold() {
        synchronized (GATE) {
            holding = true;
        }
    }

    /** The number of blocked calls. */
    static int waiting() {
        return WAITING.get();
    }

    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        take(result, delivery, circumstances());
    }

    /** Handles a result on behalf of any handler. */
    public static void take(LateResult result, Delivery delivery, String circumstances) throws Exception {
        Connection connection = delivery.unwrap(Connection.class).orElseThrow();
        EffectTable.current().add(connection, result, delivery.getAttempt(), circumstances);
        if (result.getId().startsWith("held")) {
            waitAtTheGate();
        }
        if (result.getId().startsWith("fails") && delivery.getAttempt() == 1) {
            throw new IllegalStateException("the first time it does");
        }
    }

    private static void waitAtTheGate() throws InterruptedException {
        WAITING.incrementAndGet();
        try {
            synchronized (GATE) {
                while (holding) {
                    GATE.wait();
                }
            }
        } finally {
            WAITING.decrementAndGet();
        }
    }

    /** Describes thread, class loader and naming context of the call. */
    public static String circumstances() {
        Thread thread = Thread.currentThread();
        return "thread=" + thread.getName() + " loader=" + sees(thread.getContextClassLoader()) + " naming=" + naming();
    }

    private static String sees(ClassLoader loader) {
        try {
            return Class.forName(RecordingHandler.class.getName(), false, loader) == RecordingHandler.class
                    ? "own"
                    : "other";
        } catch (ClassNotFoundException e) {
            return "none";
        }
    }

    private static String naming() {
        try {
            return InitialContext.doLookup("java:comp/env") == null ? "empty" : "works";
        } catch (NamingException e) {
            return e.getClass().getSimpleName();
        }
    }
}
