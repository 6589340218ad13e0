package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls Playtcha for the late verdicts of one source. */
final class VerdictPoller extends Poller {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictPoller.class);

    private final String source;
    private final VerdictClient client;

    /** With a limit of its own, so that a guard whose calls hang delays no other. */
    VerdictPoller(EngineContext context, ResultSpool spool, Executor executor, String source, VerdictClient client) {
        super(
                context,
                spool,
                executor,
                new RateLimiter(context.config.maxVerdictPolls, context.config.verdictBackoff, context.random),
                WorkQueue.ASK,
                source);
        this.source = source;
        this.client = client;
    }

    @Override
    void run() {
        Duration holdOff = client.holdOff();
        if (!holdOff.isZero()) {
            limiter.throttled(context.now(), holdOff);
        }
        super.run();
    }

    @Override
    void poll(Lease lease) {
        String token = lease.token();
        if (token == null) {
            reschedule(lease, lease.expiresAt(), lease.attempts(), true, "its token is missing");
            return;
        }
        context.metrics.add(LateCounter.ASKED);
        int attempts = lease.attempts() + 1;
        UpstreamResponse answer;
        try {
            answer = client.call(token);
        } catch (RuntimeException | Error e) {
            LOG.error("A bug of this library made a late verdict request fail; it is tried again", e);
            limiter.unavailable(context.now());
            later(lease, attempts, true, "a bug: " + e.getClass().getName());
            return;
        }
        Instant now = context.now();
        boolean sent = lease.sent() || answer.sent();
        Verdicts.Decision decision = Verdicts.of(answer, lease.sent());
        if (decision instanceof Verdicts.Decision.Final verdict) {
            if (limiter.answered()) {
                LOG.warn("Playtcha answers late verdict requests again: guard={}", source);
            }
            log(verdict, details(answer, verdict.error(), token));
            LateResult result = LateResult.of(lease.id(), lease.kind(), verdict.outcome(), now)
                    .error(verdict.error())
                    .fields(verdict.fields())
                    .build();
            settle(lease, result.withHistory(lease.startedAt(), attempts));
        } else if (decision instanceof Verdicts.Decision.Wait wait) {
            Duration window = wait.window().compareTo(context.config.maxThrottle) > 0
                    ? context.config.maxThrottle
                    : wait.window();
            limiter.throttled(now, window);
            context.throttled(
                    "throttled " + source,
                    times -> LOG.warn(
                            "Playtcha is throttling late verdict requests; next attempt in {} s: guard={}, {}",
                            window.toSeconds(),
                            source,
                            details(answer, wait.error(), token)));
            reschedule(lease, now.plus(window), attempts, sent, "throttled");
        } else if (decision instanceof Verdicts.Decision.Misconfigured misconfigured) {
            limiter.unavailable(now);
            String why = LogText.cleanWithout(misconfigured.why(), token);
            context.throttled(
                    "misconfigured " + misconfigured.kind() + " " + source,
                    times -> LOG.error(
                            "No late verdicts until the configuration is corrected ({}): guard={}, {} times, {}",
                            why,
                            source,
                            times,
                            details(answer, ((UpstreamResponse.HttpReply) answer).error(), token)));
            later(lease, attempts, sent, misconfigured.why());
        } else if (decision instanceof Verdicts.Decision.Unavailable unavailable) {
            boolean first = limiter.unavailable(now);
            String why = LogText.cleanWithout(unavailable.why(), token);
            String detail = "reason=" + unavailable.reason() + ", detail=" + why + ", ";
            log(unavailable, detail + details(answer, unavailable.error(), token), first);
            later(lease, attempts, sent, why);
        }
    }

    private void later(Lease lease, int attempts, boolean sent, @Nullable String error) {
        Instant due = context.now().plus(context.config.verdictBackoff.after(Math.max(1, attempts), context.random));
        reschedule(lease, due, attempts, sent, error);
    }

    private static String details(UpstreamResponse answer, @Nullable UpstreamError error, String token) {
        UpstreamResponse.HttpReply reply = answer instanceof UpstreamResponse.HttpReply given ? given : null;
        return "status=" + (reply == null ? "-" : reply.status())
                + ", code=" + LogText.cleanWithout(error == null ? null : error.getCode(), token)
                + ", message=" + LogText.cleanWithout(error == null ? null : error.getMessage(), token)
                + ", request_id=" + LogText.cleanWithout(error == null ? null : error.getRequestId(), token)
                + (reply == null || reply.location() == null
                        ? ""
                        : ", location=" + LogText.cleanWithout(reply.location(), token));
    }

    private void log(Verdicts.Decision.Final verdict, String details) {
        UpstreamError error = verdict.error();
        String what = error == null ? "" : ", " + details;
        if (verdict.outcome() == LateOutcome.UNCONFIRMED
                || (error != null && "already_redeemed".equals(error.getCode()))) {
            LOG.warn("Late verdict: guard={}, outcome={}{}", source, verdict.outcome(), what);
        } else {
            LOG.info("Late verdict: guard={}, outcome={}{}", source, verdict.outcome(), what);
        }
    }

    /** Logs a wrong base-url or proxy at ERROR, as for a visitor's request: it affects every request. */
    private void log(Verdicts.Decision.Unavailable unavailable, String details, boolean first) {
        boolean wrongPeer = unavailable.isOfAnother();
        long times = context.log.count((wrongPeer ? unavailable.reason() : "unavailable") + " " + source);
        if (wrongPeer && times > 0) {
            LOG.error(
                    "No late verdict: the answer is not Playtcha's. Check base-url and proxy: guard={}, {} times, {}",
                    source,
                    times,
                    details);
        } else if (!wrongPeer && (first || times > 0)) {
            LOG.warn(
                    "No late verdict; Playtcha is asked about one token at a time: guard={}, {} times, {}",
                    source,
                    Math.max(1, times),
                    details);
        }
    }
}
