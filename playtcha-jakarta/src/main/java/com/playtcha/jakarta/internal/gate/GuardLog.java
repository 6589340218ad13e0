package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log lines of one guard (contract, section 6). Every line about an upstream error carries status, code, message
 * and request_id as they were sent; lines that an outage or an attack would repeat come once a minute with a count.
 * Thread-safe.
 */
final class GuardLog {
    private static final Logger LOG = LoggerFactory.getLogger(GuardLog.class);
    /** A service that answers now and then has not recovered, so not each of its responses is logged as a change. */
    private static final long QUIET_BEFORE_RECOVERY = Duration.ofSeconds(10).toNanos();

    private final String guard;
    private final LongSupplier nanoTime;
    private final LogThrottle throttle;
    private volatile boolean unavailable;
    private long unavailableCount;
    private long lastUnavailable;
    private volatile boolean degraded;
    private long degradedCount;

    GuardLog(String guard, LongSupplier nanoTime) {
        this.guard = guard;
        this.nanoTime = nanoTime;
        this.throttle = new LogThrottle(nanoTime);
    }

    /** Logs the end of a call. */
    void answered(CallResult result, String token) {
        Verification facts = result.facts();
        if (facts.getOutcome() == Outcome.UNAVAILABLE) {
            unavailable(result, token);
            return;
        }
        available();
        Reason reason = facts.getReason();
        if (reason == Reason.SUCCESS) {
            degraded(facts.isDegraded());
        } else if (reason == Reason.ALREADY_REDEEMED) {
            LOG.warn("Token already redeemed, a replay or a duplicate POST: {}", fields(facts, token));
        } else if (reason == Reason.BAD_SECRET || reason == Reason.UNKNOWN_PROJECT) {
            long count = throttle.count(reason);
            if (count > 0) {
                String line = "Playtcha refuses this application's settings, so every visitor is denied: count={} {}";
                LOG.error(line, count, fields(facts, token));
            }
        } else if (reason != Reason.RATE_LIMITED) {
            // A 429 is logged by throttled(), once per window.
            LOG.info("Token rejected: {}", fields(facts, token));
        }
    }

    /** Logs that a 429 opened the throttle window, and whether {@code max-retry-after} shortened it. */
    void throttled(Verification facts, Duration window, Duration asked, String token) {
        String capped = asked.compareTo(window) > 0
                ? " (Retry-After of " + seconds(asked) + " s is above max-retry-after)"
                : "";
        LOG.warn(
                "Playtcha is throttling this server; no call for {} s{}: {}",
                seconds(window),
                capped,
                fields(facts, token));
    }

    /** Logs that a limit of our own denied a request. */
    void limited(String what, Verification facts) {
        long count = throttle.count(facts.getReason());
        if (count > 0) {
            LOG.warn("{}: guard={} reason={} count={}", what, guard, facts.getReason(), count);
        }
    }

    /** Logs that a request was allowed without a verdict. */
    void allowedUnverified(Verification verification, PresentedToken token, @Nullable String deferralId) {
        String value = token.value();
        LOG.info(
                "Allowed unverified: {} token={} deferral={}",
                fields(verification, value),
                value == null ? "-" : LogText.prefix(value),
                deferralId == null ? "-" : deferralId);
    }

    /** Logs that a call failed, or that the breaker is open. */
    void unavailable(CallResult result, String token) {
        Verification facts = result.facts();
        synchronized (this) {
            unavailable = true;
            unavailableCount++;
            lastUnavailable = nanoTime.getAsLong();
        }
        long count = throttle.count(facts.getReason());
        if (count == 0) {
            return;
        }
        String label = facts.getStatus() == 0 ? " detail=" : " location=";
        String detail = result.detail() == null ? "" : label + LogText.cleanWithout(result.detail(), token);
        // Something other than Playtcha answers: a wrong setting that may leave the site open.
        if (facts.getReason() == Reason.NOT_PLAYTCHA || facts.getReason() == Reason.PROXY) {
            LOG.error(
                    "The response is not Playtcha's; check base-url and proxy: count={} {}{}",
                    count,
                    fields(facts, token),
                    detail);
        } else {
            LOG.warn("Playtcha is unavailable: count={} {}{}", count, fields(facts, token), detail);
        }
    }

    private void available() {
        if (!unavailable) {
            return;
        }
        long count;
        synchronized (this) {
            if (!unavailable || nanoTime.getAsLong() - lastUnavailable < QUIET_BEFORE_RECOVERY) {
                return;
            }
            unavailable = false;
            count = unavailableCount;
            unavailableCount = 0;
            for (Reason reason : Reason.values()) {
                if (reason.getOutcome() == Outcome.UNAVAILABLE) {
                    throttle.reset(reason);
                }
            }
        }
        LOG.info("Playtcha answers again: guard={} unavailable={}", guard, count);
    }

    private void degraded(boolean now) {
        if (!now && !degraded) {
            return;
        }
        long count;
        synchronized (this) {
            degradedCount += now ? 1 : 0;
            count = degradedCount;
            if (now == degraded) {
                return;
            }
            degraded = now;
            degradedCount = now ? count : 0;
        }
        if (now) {
            LOG.info("Playtcha signals degraded (a usage band; verifications count as before): guard={}", guard);
        } else {
            LOG.info("Playtcha no longer signals degraded: guard={} degraded={}", guard, count);
        }
    }

    private String fields(Verification facts, @Nullable String token) {
        UpstreamError error = facts.getError();
        return "guard=" + guard + " reason=" + facts.getReason()
                + " status=" + (facts.getStatus() == 0 ? "-" : facts.getStatus())
                + " code=" + LogText.cleanWithout(error == null ? null : error.getCode(), token)
                + " message=" + LogText.cleanWithout(error == null ? null : error.getMessage(), token)
                + " request_id=" + LogText.cleanWithout(error == null ? null : error.getRequestId(), token);
    }

    private static long seconds(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }
}
