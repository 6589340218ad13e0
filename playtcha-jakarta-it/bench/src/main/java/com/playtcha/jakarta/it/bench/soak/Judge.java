package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.it.bench.soak.Tokens.Kind;
import com.playtcha.jakarta.it.bench.soak.Tokens.Said;
import com.playtcha.jakarta.it.bench.soak.Tokens.Token;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares each response with what the service said about its token. A response is wrong unless the contract allows it
 * for what was said, or for what kept the service from saying it. Thread-safe.
 */
final class Judge {
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final int MAX_EXAMPLES = 20;

    /** An open breaker keeps calls back for half a minute at most, and a probe has the deadline and 5 s more. */
    private static final long BREAKER_NANOS = TimeUnit.SECONDS.toNanos(45);

    /** {@code Retry-After} is 2 s, and the response may have taken the deadline, on a busy machine some more. */
    private static final long THROTTLE_NANOS = TimeUnit.SECONDS.toNanos(8);

    /** Calls that failed may be reported after the responses that the breaker, which they opened, made short. */
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The limit of a guard. */
    private static final int MAX_CONCURRENT = 64;

    private static final Set<Phase> BROKEN = EnumSet.of(Phase.RESET, Phase.CUT, Phase.SILENT, Phase.REFUSED);

    private final FaultyService service;
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<String> examples = new ArrayList<>();
    private final NavigableSet<Long> transportFailures = new TreeSet<>();
    private final Deque<Unexplained> unexplained = new ArrayDeque<>();
    private long crowdedAt;
    private long judged;
    private long wrong;

    /** A call that was not made because the breaker was open, while no fault was planned. */
    private record Unexplained(Response response, String what) {}

    Judge(FaultyService service) {
        this.service = service;
    }

    /** What a visitor got: outcome and reason are those that the page saw, or empty if it was denied; then there is a code. */
    record Response(
            String path,
            int status,
            String outcome,
            String reason,
            String code,
            @Nullable String deferralId,
            long begin,
            long end) {
        boolean isFromPage() {
            return status == 200;
        }

        boolean isVerified() {
            return isFromPage() && outcome.equals("VERIFIED");
        }
    }

    /** A request with a token. {@code repeated}: its token was sent before, or at the same time. */
    void judge(Token token, boolean repeated, Response response) {
        if (repeated) {
            token.repeat();
        }
        String error = response.isFromPage() ? passed(token, response) : denied(token, repeated, response);
        String what = response.isFromPage()
                ? response.outcome() + ", " + response.reason()
                : response.status() + " " + response.code();
        count(what);
        if (error == null) {
            return;
        }
        String text = response.path() + ", token " + token.kind + ", " + what + ": " + error;
        if (response.reason().equals(Reason.BREAKER_OPEN.name())) {
            postpone(new Unexplained(response, text));
        } else {
            wrong(text);
        }
    }

    private synchronized void postpone(Unexplained each) {
        unexplained.add(each);
    }

    /** Of a machine that is too busy, calls exceed the deadline although the service is there, and open the breaker. */
    synchronized void settle(boolean all) {
        long now = System.nanoTime();
        for (Unexplained each = unexplained.peek();
                each != null && (all || now - each.response.end() > REPORT_NANOS);
                each = unexplained.peek()) {
            unexplained.remove();
            long begin = each.response.begin() - BREAKER_NANOS;
            if (transportFailures
                    .subSet(begin, each.response.end() + REPORT_NANOS)
                    .isEmpty()) {
                wrong(each.what);
            }
        }
        transportFailures.headSet(now - 10 * BREAKER_NANOS).clear();
    }

    /** Says how many requests are in flight. */
    synchronized void inFlight(long count) {
        if (count >= MAX_CONCURRENT) {
            crowdedAt = System.nanoTime();
        }
    }

    private synchronized boolean wasCrowded(Response response) {
        return crowdedAt != 0 && crowdedAt > response.begin() - THROTTLE_NANOS;
    }

    private synchronized void transportFailed(Response response) {
        transportFailures.add(response.end());
    }

    private @Nullable String passed(Token token, Response response) {
        if (response.reason().equals(Reason.SUCCESS.name())) {
            return !token.wasTold(Said.SUCCESS)
                    ? "the service did not say so"
                    : token.countVerified() > 1 ? "it passed twice" : null;
        }
        if (!response.outcome().equals("UNAVAILABLE")) {
            return "nobody passes so with a token";
        }
        if (token.countUnverified() > 1) {
            return "it passed unverified twice";
        }
        boolean excused = switch (Reason.valueOf(response.reason())) {
            case SERVER_ERROR -> token.wasTold(Said.ERROR);
            case NOT_PLAYTCHA -> token.wasTold(Said.GARBAGE);
            case IO -> token.wasTold(Said.NOTHING) || brokenSince(response, 0);
            case CONNECT -> brokenSince(response, 0);
            case TIMEOUT -> response.end() - response.begin() >= TIMEOUT.toNanos() * 9 / 10;
            case BREAKER_OPEN -> brokenSince(response, BREAKER_NANOS);
            default -> false;
        };
        return excused ? null : "the service was there";
    }

    private @Nullable String denied(Token token, boolean repeated, Response response) {
        if (response.status() == 403) {
            return token.wasRejected() || isDuplicate(token, repeated, response)
                    ? null
                    : "the service did not refuse it";
        }
        if (response.status() == 503) {
            return isTurnedAwayRightly(token, repeated, response) ? null : "there was no reason to turn it away";
        }
        return "a token has no such answer";
    }

    private static boolean isDuplicate(Token token, boolean repeated, Response response) {
        return repeated && response.code().equals("duplicate_submission") && token.wasTold(Said.SUCCESS);
    }

    private boolean isTurnedAwayRightly(Token token, boolean repeated, Response response) {
        return switch (response.code()) {
            case "rate_limited_ip" -> token.wasTold(Said.THROTTLED);
            case "throttled" ->
                service.wasIn(EnumSet.of(Phase.THROTTLED), response.begin() - THROTTLE_NANOS, response.end());
            case "overloaded" -> wasCrowded(response);
            // It was let through unverified before.
            default -> repeated;
        };
    }

    private boolean brokenSince(Response response, long before) {
        return service.wasIn(BROKEN, response.begin() - before, response.end());
    }

    /** A request without a token; {@code expected} says what the page would see, or null if it must be denied. */
    void judgeWithout(@Nullable Reason expected, Response response) {
        String what = response.isFromPage()
                ? response.outcome() + ", " + response.reason()
                : response.status() + " " + response.code();
        count(what);
        boolean right = expected == null
                ? response.status() == 400 && response.code().equals("token_missing")
                : response.isFromPage() && response.reason().equals(expected.name());
        if (!right) {
            wrong(response.path() + " without a token, " + what + ": expected "
                    + (expected == null ? "400 token_missing" : expected));
        }
    }

    /** The verdict that came to the handler for a visitor who was let in without one. */
    void judgeLate(Token token, LateOutcome outcome) {
        count("late " + outcome);
        boolean right = switch (outcome) {
            case VERIFIED -> token.wasTold(Said.SUCCESS);
            // A token that two visitors sent is refused to one of them.
            case REJECTED -> token.wasRejected() && (token.kind != Kind.GOOD || token.wasRepeated());
            // An earlier call may have redeemed it.
            case UNCONFIRMED -> token.wasTold(Said.REDEEMED);
            case EXPIRED -> token.kind == Kind.OLD;
            default -> false;
        };
        if (!right) {
            wrong("late verdict " + outcome + " of a token " + token.kind);
        }
    }

    private synchronized void count(String what) {
        judged++;
        counts.merge(what, 1L, Long::sum);
    }

    synchronized void wrong(String what) {
        wrong++;
        if (examples.size() < MAX_EXAMPLES) {
            examples.add(what);
            System.out.println("wrong: " + what);
        }
    }

    synchronized long judged() {
        return judged;
    }

    synchronized long wrongs() {
        return wrong;
    }

    synchronized List<String> examples() {
        return List.copyOf(examples);
    }

    synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
