package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.it.bench.soak.Tokens.Token;
import com.playtcha.jakarta.late.LateOutcome;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the application's handler has to be given: a verdict for each visitor who was let in without one, and each result
 * whose callback was acknowledged. Results come late, some twice and some with another text the second time.
 * Thread-safe.
 */
final class LateWork {
    private static final int MAX_DELAY_MILLIS = 15_000;
    private static final int RETRY_MILLIS = 1_000;

    private final ScheduledExecutorService scheduler;
    private final Judge judge;
    private final Random random;

    /** Deferred visitors, verdicts of visitors whose response is not known yet, and acknowledged results. */
    private final Map<String, Token> deferred = new HashMap<>();

    private final Map<String, LateOutcome> early = new HashMap<>();
    private final Map<String, String> acknowledged = new HashMap<>();
    private final Map<String, String> handled = new HashMap<>();
    private long verdicts;
    private long results;
    private long callbacks;
    private long refused;
    private long repeated;
    private long untracked;
    private int scheduled;

    LateWork(ScheduledExecutorService scheduler, Judge judge, long seed) {
        this.scheduler = scheduler;
        this.judge = judge;
        this.random = new Random(seed);
    }

    synchronized void countUntracked() {
        untracked++;
    }

    synchronized void defer(String id, Token token) {
        LateOutcome verdict = early.remove(id);
        if (verdict == null) {
            deferred.put(id, token);
        } else {
            end(token, verdict);
        }
    }

    private void end(Token token, LateOutcome verdict) {
        verdicts++;
        judge.judgeLate(token, verdict);
        token.endDeferral();
    }

    /** Posts the task's result after a while, by a function that returns the status. */
    synchronized void expect(String id, BiFunction<String, String, CompletableFuture<Integer>> callBack) {
        String code = "code-" + Integer.toHexString(random.nextInt());
        int chance = random.nextInt(10);
        String second = chance < 4 ? code : chance == 4 ? "other-" + code : null;
        scheduled++;
        post(id, code, second, random.nextInt(MAX_DELAY_MILLIS), callBack);
    }

    private void post(
            String id,
            String code,
            @Nullable String second,
            int delay,
            BiFunction<String, String, CompletableFuture<Integer>> callBack) {
        scheduler.schedule(
                () -> callBack.apply(id, code).whenComplete((status, failure) -> {
                    if (failure == null && status == 200) {
                        acknowledge(id, code);
                        if (second != null) {
                            post(id, second, null, next(), callBack);
                        } else {
                            done();
                        }
                    } else if (failure != null || status == 503) {
                        count503();
                        post(id, code, second, RETRY_MILLIS, callBack);
                    } else {
                        judge.wrong("a callback was answered with " + status);
                        done();
                    }
                }),
                delay,
                TimeUnit.MILLISECONDS);
    }

    private synchronized int next() {
        return random.nextInt(MAX_DELAY_MILLIS);
    }

    private synchronized void done() {
        scheduled--;
    }

    private synchronized void count503() {
        refused++;
    }

    private synchronized void acknowledge(String id, String code) {
        callbacks++;
        if (acknowledged.containsKey(id) || handled.containsKey(id)) {
            return;
        }
        acknowledged.put(id, code);
    }

    /** One call of the handler that did not fail. */
    synchronized void handled(String kind, String id, String value) {
        if (kind.equals("verdict")) {
            LateOutcome verdict = LateOutcome.valueOf(value);
            Token token = deferred.remove(id);
            if (token == null) {
                early.put(id, verdict);
            } else {
                end(token, verdict);
            }
            return;
        }
        if (handled.putIfAbsent(id, value) != null) {
            repeated++;
        } else {
            results++;
        }
    }

    /** Compares what was handled with what was acknowledged, and forgets both. */
    synchronized void settle() {
        acknowledged.entrySet().removeIf(entry -> {
            String value = handled.get(entry.getKey());
            if (value == null) {
                return false;
            }
            if (!value.equals(entry.getValue())) {
                judge.wrong("result " + entry.getKey() + " was handled as " + value
                        + ", and the first acknowledged was " + entry.getValue());
            }
            return true;
        });
    }

    /** Whether nothing more is to come. */
    synchronized boolean isOver() {
        settle();
        return scheduled == 0 && deferred.isEmpty() && acknowledged.isEmpty();
    }

    /** Returns the number of items that were acknowledged and have not been handled. */
    synchronized int outstanding() {
        return deferred.size() + acknowledged.size();
    }

    synchronized String outstandingIds() {
        return deferred.keySet() + " " + acknowledged.keySet();
    }

    synchronized int unknownVerdicts() {
        return early.size();
    }

    synchronized long verdicts() {
        return verdicts;
    }

    synchronized long results() {
        return results;
    }

    synchronized long callbacks() {
        return callbacks;
    }

    synchronized long refused() {
        return refused;
    }

    synchronized long repeated() {
        return repeated;
    }

    synchronized long untracked() {
        return untracked;
    }
}
