package com.playtcha.jakarta.it.lateapp;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * Takes late results. Fails at the first attempt of what begins with {@code fails}, and does not come back from what
 * begins with {@code held} as long as the application holds.
 */
public class Taker implements LateResultHandler {
    private static final Object GATE = new Object();
    private static final AtomicInteger WAITING = new AtomicInteger();
    private static boolean holding;

    /** Holds from now on, until the application ends. */
    static void hold() {
        synchronized (GATE) {
            holding = true;
        }
    }

    /** How many calls are held. */
    static int waiting() {
        return WAITING.get();
    }

    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        take(result, delivery, circumstances());
    }

    /** Does it, whoever was called. */
    public static void take(LateResult result, Delivery delivery, String circumstances) throws Exception {
        Connection connection = delivery.unwrap(Connection.class).orElseThrow();
        Ledger.current().add(connection, result, delivery.getAttempt(), circumstances);
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

    /** What a call finds around it. */
    public static String circumstances() {
        Thread thread = Thread.currentThread();
        return "thread=" + thread.getName() + " loader=" + sees(thread.getContextClassLoader()) + " naming=" + naming();
    }

    private static String sees(ClassLoader loader) {
        try {
            return Class.forName(Taker.class.getName(), false, loader) == Taker.class ? "own" : "other";
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
