package com.playtcha.jakarta.late.crash;

import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Brings callbacks, tasks and unverified passes as fast as they are taken, on several threads, which now and then bring
 * what another is just bringing; and waits while so much is left to do that a kill would only ever hit a queue. Says what
 * was acknowledged, after it was.
 */
final class Load {
    private static final int THREADS = 4;
    private static final int PAUSE_MS = 100;
    /** With more pending items, or more spooled files, than this the load pauses. */
    private static final int MUCH = 500;

    static final String SOURCE = "default";

    private final LateInbox inbox;
    private final EngineMetrics stats;
    private final LateStore store;
    private final Outages outages;
    private final Said said;
    private final String prefix;
    private final AtomicReferenceArray<String> tasks = new AtomicReferenceArray<>(THREADS);
    private final AtomicReferenceArray<String> tokens = new AtomicReferenceArray<>(THREADS);
    private volatile boolean enough;

    Load(LateEngine engine, LateStore store, Outages outages, Said said, String prefix) {
        this.inbox = engine.inbox();
        this.stats = engine.metrics();
        this.store = store;
        this.outages = outages;
        this.said = said;
        this.prefix = prefix;
    }

    /** Starts; a light load pauses, for a test that runs beside others. */
    void start(boolean light) {
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            new Thread(() -> bring(thread, light), "load-" + i).start();
        }
        new Thread(this::watch, "load-watch").start();
    }

    /** Counts spooled files too, which grow while the store is down. */
    private void watch() {
        while (true) {
            boolean many = stats.getSpoolFiles() > MUCH;
            try {
                Counts counts = store.counts();
                many |= counts.awaiting() + counts.ready() + counts.retrying() > MUCH;
            } catch (RuntimeException e) {
                // The database is away.
            }
            enough = many;
            ScriptedServices.takeTime(PAUSE_MS);
        }
    }

    private void bring(int thread, boolean light) {
        for (int number = 1; ; number++) {
            if (light) {
                ScriptedServices.takeTime(PAUSE_MS);
            }
            while (enough) {
                ScriptedServices.takeTime(PAUSE_MS);
            }
            String id = prefix + "-" + thread + "-" + number;
            int chance = ThreadLocalRandom.current().nextInt(100);
            if (chance < 42) {
                tasks.set(thread, id);
                accept(id, "a");
            } else if (chance < 60) {
                again(thread);
            } else if (chance < 68) {
                track(id);
            } else if (chance < 74) {
                tasks.set(thread, id);
                track(id);
                accept(id, "a");
            } else if (chance < 80) {
                tasks.set(thread, id);
                accept(id, "a");
                track(id);
            } else if (chance < 95) {
                tokens.set(thread, id);
                pass(id);
            } else {
                String token = tokens.get(other(thread));
                if (token != null) {
                    // Said before, since the other may be tracked though nobody lived, or waited, to hear it.
                    said.say("again " + token);
                    pass(token);
                }
            }
        }
    }

    private static int other(int thread) {
        return (thread + 1 + ThreadLocalRandom.current().nextInt(THREADS - 1)) % THREADS;
    }

    private void again(int thread) {
        String id = tasks.get(other(thread));
        if (id != null) {
            accept(id, ThreadLocalRandom.current().nextInt(3) == 0 ? "b" : "a");
        }
    }

    private void accept(String id, String variant) {
        AcceptResult receipt = inbox.accept(id, Facts.code(variant, id));
        if (receipt.isAcknowledged()) {
            said.say("ack " + id + " " + receipt + " " + variant + " " + System.currentTimeMillis());
        } else {
            said.say("refused " + id);
        }
    }

    private void track(String id) {
        try {
            inbox.track(id);
            said.say("track " + id);
        } catch (LateUnavailableException e) {
            // Not acknowledged.
        }
    }

    private void pass(String token) {
        long before = outages.changes();
        long savedBefore = stats.get(LateCounter.SPOOLED);
        Instant now = Instant.now();
        boolean sent = ThreadLocalRandom.current().nextBoolean();
        FailOpenTracker.TrackResult deferral = inbox.track(SOURCE, "project", token, Duration.ZERO, sent);
        if (deferral.id() != null) {
            // Whether the token was allowed before is not looked up in a store that is slow, or down.
            boolean saved = savedBefore != stats.get(LateCounter.SPOOLED);
            boolean calm = before % 2 == 0 && before == outages.changes() && !saved;
            said.say("pass " + deferral.id() + " " + token + " " + now.toEpochMilli() + (calm ? " calm" : " outage"));
        }
    }
}
