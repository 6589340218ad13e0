package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.ReceivedRequest;
import com.playtcha.jakarta.testkit.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The stand-in for the service, which is broken in one way after the other, with a time between in which it works. The order
 * and the lengths follow from the seed. What it says to a token is in the {@link Tokens}.
 */
final class FaultyService implements AutoCloseable {
    static final String SECRET = "soak-secret-0123456789";

    private static final long MIN_PHASE_MILLIS = 2_000;
    private static final long MAX_PHASE_MILLIS = 15_000;

    /** So many phases fit into a quarter of a run, as long as none would be too short or too long. */
    private static final int PHASES_OF_A_QUARTER = 32;

    private final PlaytchaStandIn standIn;
    private final Tokens tokens;
    private final Random random;
    private final long phaseMillis;
    private final List<Phase> waiting = new ArrayList<>();
    private final List<Period> periods = new ArrayList<>();
    private volatile Phase phase = Phase.OK;
    private volatile boolean healed;

    /** A phase and when it began; it ends when the next begins. */
    private record Period(Phase phase, long begin) {}

    FaultyService(Tokens tokens, long seed, long runMillis) {
        this.tokens = tokens;
        this.random = new Random(seed);
        this.phaseMillis = Math.max(MIN_PHASE_MILLIS, Math.min(MAX_PHASE_MILLIS, runMillis / 4 / PHASES_OF_A_QUARTER));
        this.standIn = PlaytchaStandIn.builder().secret(SECRET).start().onRequest(this::reply);
        periods.add(new Period(Phase.OK, System.nanoTime()));
    }

    String baseUrl() {
        return standIn.baseUrl().toString();
    }

    int connections() {
        return standIn.openConnections();
    }

    /** Begins to break; every second phase is a fault. */
    void breakInTurns(ScheduledExecutorService scheduler) {
        scheduler.schedule(
                () -> {
                    if (!healed) {
                        enter(phase == Phase.OK ? nextFault() : Phase.OK);
                        breakInTurns(scheduler);
                    }
                },
                phaseMillis / 2 + random.nextLong(phaseMillis),
                TimeUnit.MILLISECONDS);
    }

    /** Works from now on. */
    void heal() {
        healed = true;
        enter(Phase.OK);
    }

    /** Each fault comes once before one of them comes again. */
    private Phase nextFault() {
        if (waiting.isEmpty()) {
            waiting.addAll(EnumSet.complementOf(EnumSet.of(Phase.OK)));
            Collections.shuffle(waiting, random);
        }
        return waiting.remove(waiting.size() - 1);
    }

    private synchronized void enter(Phase next) {
        Phase last = phase;
        periods.add(new Period(next, System.nanoTime()));
        phase = next;
        if (last == Phase.REFUSED) {
            standIn.accept();
        } else if (next == Phase.REFUSED) {
            standIn.refuse();
        }
    }

    /** Whether one of these phases was present at a time between two. */
    synchronized boolean wasIn(Set<Phase> phases, long from, long to) {
        for (int i = periods.size() - 1; i >= 0; i--) {
            Period period = periods.get(i);
            long end = i + 1 < periods.size() ? periods.get(i + 1).begin : Long.MAX_VALUE;
            if (end < from) {
                return false;
            }
            if (period.begin <= to && phases.contains(period.phase)) {
                return true;
            }
        }
        return false;
    }

    synchronized long count(Phase wanted) {
        return periods.stream().filter(period -> period.phase == wanted).count();
    }

    private Reply reply(ReceivedRequest request) {
        Phase now = phase;
        Tokens.Said said = tokens.ask(request.token(), now);
        if (now.reply != null) {
            return now.reply;
        }
        Reply reply = switch (said) {
            case SUCCESS -> Reply.ok();
            case NO_SUCCESS -> Reply.successFalse();
            case REDEEMED -> Reply.error(409, "already_redeemed", "The token has been redeemed before.");
            case EXPIRED -> Reply.error(410, "token_expired", "The token is older than five minutes.");
            default -> Reply.error(401, "token_invalid", "The token's signature or claims are not valid.");
        };
        return now == Phase.SLOW ? reply.delay(Phase.SLOWNESS) : reply;
    }

    @Override
    public void close() {
        standIn.close();
    }
}
