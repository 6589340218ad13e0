package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log lines of one guard (docs/contract.md, section 6). Every line about an upstream error carries status, code,
 * message and request_id as they were sent; lines that an outage or an attack would repeat come once a minute with a
 * count. Thread-safe.
 */
final class GuardLog {
    private static final Logger LOG = LoggerFactory.getLogger(GuardLog.class);
    /** A service that answers now and then has not recovered, so not each of its responses is logged as a change. */
    private static final long QUIET_BEFORE_RECOVERY = Duration.ofSeconds(10).toNanos();

    private final String guard;
    private final boolean isMonitoring;
    private final LongSupplier nanoTime;
    private final LogThrottle throttle;
    private volatile boolean unavailable;
    private long unavailableCount;
    private long lastUnavailable;
    private volatile boolean degraded;
    private long degradedCount;

    GuardLog(String guard, boolean isMonitoring, LongSupplier nanoTime, LogThrottle.Scheduler scheduler) {
        this.guard = guard;
        this.isMonitoring = isMonitoring;
        this.nanoTime = nanoTime;
        this.throttle = new LogThrottle(nanoTime, Duration.ofMinutes(1), scheduler);
    }

    /** Logs the end of a call. */
    void answered(CallResult result, String token) {
        Reason reason = result.reason();
        if (reason.getOutcome() == Outcome.UNAVAILABLE) {
            unavailable(result, token);
            return;
        }
        if (reason == Reason.LOCAL_RESOURCES) {
            exhausted(result, token);
            return;
        }
        available();
        if (reason == Reason.SUCCESS) {
            degraded(result.isDegraded());
        } else if (reason == Reason.ALREADY_REDEEMED) {
            LOG.warn("Token already redeemed, a replay or a duplicate POST: {}", fields(result, token));
        } else if (reason == Reason.BAD_SECRET || reason == Reason.UNKNOWN_PROJECT) {
            String line = "Playtcha refuses this application's settings, so every visitor {}: count={} {}";
            throttle.log(reason, count -> LOG.error(line, denied("is denied"), count, fields(result, token)));
        } else if (reason != Reason.RATE_LIMITED) {
            // A 429 is logged by throttled(), once per window.
            LOG.info("Token rejected: {}", fields(result, token));
        }
    }

    /** Logs that a 429 opened the throttle window, and whether {@code max-retry-after} shortened it. */
    void throttled(CallResult result, Duration window, Duration requested, String token) {
        String capped = requested.compareTo(window) > 0
                ? " (Retry-After of " + seconds(requested) + " s is above max-retry-after)"
                : "";
        LOG.warn(
                "Playtcha is throttling this server; no call for {} s{}: {}",
                seconds(window),
                capped,
                fields(result, token));
    }

    /** Logs that a request has no usable token, or that its body was not read for one. */
    void noToken(Reason reason, String searched) {
        if (reason.getOutcome() == Outcome.OVERLOADED) {
            limited("Overloaded, bodies of requests take a sixteenth of the heap", reason);
            return;
        }
        String where = searched.isEmpty() ? "" : " searched=[" + LogText.sanitize(searched) + "]";
        LOG.debug("No usable token: guard={} reason={}{}", guard, reason.getLabel(), where);
        throttle.log(
                reason,
                count -> LOG.info(
                        "Requests without a usable token {}: count={} guard={} reason={}{}; what to check is in"
                                + " docs/troubleshooting.md, \"The token does not arrive\"",
                        denied("are denied"),
                        count,
                        guard,
                        reason.getLabel(),
                        where));
    }

    /** Logs that no token was required, once a minute in {@code monitor} mode, where an operator tries the settings. */
    void notRequired(Reason reason) {
        LOG.debug("No token is required: guard={} reason={}", guard, reason.getLabel());
        if (isMonitoring) {
            String line = "Requests of which no token is required: count={} guard={} reason={}";
            throttle.log(reason, count -> LOG.info(line, count, guard, reason.getLabel()));
        }
    }

    /** Logs that a limit of our own denied a request. */
    void limited(String what, Reason reason) {
        String line = "{}: guard={} reason={} count={}";
        throttle.log(reason, count -> LOG.warn(line, what, guard, reason.getLabel(), count));
    }

    private void exhausted(CallResult result, String token) {
        String line =
                "This machine has no file descriptor, port, thread or memory left for a call, so visitors {}; raise the"
                        + " limit or find what uses it up: count={} {} detail={}";
        String detail = LogText.sanitizeAndMask(result.detail(), token);
        throttle.log(
                result.reason(), count -> LOG.error(line, denied("are denied"), count, fields(result, token), detail));
    }

    /** In {@code monitor} mode nobody is denied, and a line that says so would send its reader after a wrong problem. */
    String denied(String inEnforceMode) {
        return isMonitoring ? "would be denied (mode=monitor)" : inEnforceMode;
    }

    /** Logs that a request was allowed without a verdict. */
    void allowedUnverified(CallResult result, PresentedToken token, @Nullable String deferralId) {
        String value = token.value();
        LOG.info(
                "Allowed unverified: {} token={} deferral={}",
                fields(result, value),
                value == null ? "-" : LogText.prefix(value),
                deferralId == null ? "-" : deferralId);
    }

    /** Logs that a call failed, or that the breaker is open. */
    void unavailable(CallResult result, String token) {
        Reason reason = result.reason();
        synchronized (this) {
            unavailable = true;
            unavailableCount++;
            lastUnavailable = nanoTime.getAsLong();
        }
        throttle.log(reason, count -> {
            String label = result.status() == 0 ? " detail=" : " location=";
            String detail = result.detail() == null ? "" : label + LogText.sanitizeAndMask(result.detail(), token);
            // Something other than Playtcha answers: a wrong setting that may leave the site open.
            if (reason == Reason.NOT_PLAYTCHA || reason == Reason.PROXY) {
                String line = "The response is not Playtcha's; check base-url and proxy: count={} {}{}";
                LOG.error(line, count, fields(result, token), detail);
            } else {
                LOG.warn("Playtcha is unavailable: count={} {}{}", count, fields(result, token), detail);
            }
        });
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

    private String fields(CallResult result, @Nullable String token) {
        UpstreamError error = result.error();
        return "guard=" + guard + " reason=" + result.reason().getLabel()
                + " status=" + (result.status() == 0 ? "-" : result.status())
                + " code=" + LogText.sanitizeAndMask(error == null ? null : error.getCode(), token)
                + " message=" + LogText.sanitizeAndMask(error == null ? null : error.getMessage(), token)
                + " request_id=" + LogText.sanitizeAndMask(error == null ? null : error.getRequestId(), token);
    }

    private static long seconds(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }
}
