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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Playtcha about the tokens of one source. */
final class VerdictPoller implements PollDispatcher.Asker {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictPoller.class);

    /** What every line about an answer says of it. */
    private static final String OF_ANSWER = ", status={}, code={}, message={}, request_id={}";

    private final EngineContext context;
    private final PollDispatcher questions;
    private final String source;
    private final VerdictClient upstream;
    private final RateLimiter pacer;
    /** Its own, so that a guard whose questions hang keeps no other waiting. */
    private final Bulkhead places;

    VerdictPoller(EngineContext context, PollDispatcher questions, String source, VerdictClient upstream) {
        this.context = context;
        this.questions = questions;
        this.source = source;
        this.upstream = upstream;
        this.pacer = new RateLimiter(context.config.mostAsks, context.config.askBackoff, context.random);
        this.places = new Bulkhead(context, context.config.mostAsks);
    }

    Bulkhead places() {
        return places;
    }

    int run() {
        Duration holdOff = upstream.holdOff();
        if (!holdOff.isZero()) {
            pacer.throttled(context.now(), holdOff);
        }
        return questions.run(WorkQueue.ASK, source, pacer, places, this);
    }

    @Override
    public void ask(Lease lease) {
        String token = lease.token();
        if (token == null) {
            questions.reschedule(lease, lease.expiresAt(), lease.attempts(), true, "its token is missing");
            return;
        }
        context.stats.add(LateCounter.ASKED);
        int attempts = lease.attempts() + 1;
        UpstreamResponse answer;
        try {
            answer = upstream.call(token);
        } catch (RuntimeException | Error e) {
            LOG.error("Asking for a late verdict failed by a bug of this library's", e);
            pacer.unavailable(context.now());
            later(lease, attempts, true, "a bug: " + e.getClass().getName());
            return;
        }
        Instant now = context.now();
        boolean sent = lease.sent() || answer.sent();
        Verdicts.Decision decision = Verdicts.of(answer, lease.sent());
        if (decision instanceof Verdicts.Decision.Final verdict) {
            answered();
            log(verdict, token);
            LateResult result = LateResult.of(lease.id(), lease.kind(), verdict.outcome(), now)
                    .error(verdict.error())
                    .fields(verdict.fields())
                    .build();
            questions.settle(lease, result.withHistory(lease.startedAt(), attempts));
        } else if (decision instanceof Verdicts.Decision.Wait wait) {
            Duration window = wait.window().compareTo(context.config.mostThrottle) > 0
                    ? context.config.mostThrottle
                    : wait.window();
            pacer.throttled(now, window);
            if (context.teller.mayLog("throttled " + source, now) > 0) {
                LOG.warn(
                        "Playtcha throttles late questions: guard={}, for {} s" + OF_ANSWER,
                        ofAnswer(token, wait.error(), answer, source, window.toSeconds()));
            }
            questions.reschedule(lease, now.plus(window), attempts, sent, "throttled");
        } else if (decision instanceof Verdicts.Decision.Misconfigured misconfigured) {
            pacer.unavailable(now);
            logMisconfigured(answer, misconfigured, token, now);
            later(lease, attempts, sent, misconfigured.why());
        } else if (decision instanceof Verdicts.Decision.Unavailable unavailable) {
            boolean first = pacer.unavailable(now);
            if (unavailable.isOfAnother()) {
                logOfAnother(answer, unavailable, token, now);
            } else {
                logUnavailable(answer, unavailable, token, now, first);
            }
            later(lease, attempts, sent, LogText.cleanWithout(unavailable.why(), token));
        }
    }

    private void answered() {
        if (pacer.answered()) {
            LOG.warn("Playtcha answers late questions again: guard={}", source);
        }
    }

    private void later(Lease lease, int attempts, boolean sent, String error) {
        Instant due = context.now().plus(context.config.askBackoff.after(Math.max(1, attempts), context.random));
        questions.reschedule(lease, due, attempts, sent, error);
    }

    /** The values of a line, and then those of the answer, as it came. */
    private static Object[] ofAnswer(
            String token, @Nullable UpstreamError error, UpstreamResponse answer, Object... values) {
        Object[] all = Arrays.copyOf(values, values.length + 4);
        all[values.length] = answer instanceof UpstreamResponse.HttpReply reply ? reply.status() : "-";
        all[values.length + 1] = LogText.cleanWithout(error == null ? null : error.getCode(), token);
        all[values.length + 2] = LogText.cleanWithout(error == null ? null : error.getMessage(), token);
        all[values.length + 3] = LogText.cleanWithout(error == null ? null : error.getRequestId(), token);
        return all;
    }

    private void log(Verdicts.Decision.Final verdict, String token) {
        UpstreamError error = verdict.error();
        if (error == null) {
            LOG.info("Late verdict: guard={}, outcome={}", source, verdict.outcome());
            return;
        }
        String line = "Late verdict: guard={}, outcome={}" + OF_ANSWER;
        Object[] values = {
            source,
            verdict.outcome(),
            error.getStatus(),
            LogText.cleanWithout(error.getCode(), token),
            LogText.cleanWithout(error.getMessage(), token),
            LogText.cleanWithout(error.getRequestId(), token)
        };
        if (verdict.outcome() == LateOutcome.UNCONFIRMED || "already_redeemed".equals(error.getCode())) {
            LOG.warn(line, values);
        } else {
            LOG.info(line, values);
        }
    }

    private void logUnavailable(
            UpstreamResponse answer,
            Verdicts.Decision.Unavailable unavailable,
            String token,
            Instant now,
            boolean first) {
        long times = context.teller.mayLog("unavailable " + source, now);
        if (first || times > 0) {
            LOG.warn(
                    "No late verdict to be had, Playtcha is asked one question at a time: guard={}, {} times: {}"
                            + OF_ANSWER,
                    ofAnswer(
                            token,
                            unavailable.error(),
                            answer,
                            source,
                            Math.max(1, times),
                            LogText.cleanWithout(unavailable.why(), token)));
        }
    }

    /** As a visitor's question has it: a wrong base-url must not stay unnoticed because nobody asks at the time. */
    private void logOfAnother(
            UpstreamResponse answer, Verdicts.Decision.Unavailable unavailable, String token, Instant now) {
        long times = context.teller.mayLog(unavailable.reason() + " " + source, now);
        if (times == 0) {
            return;
        }
        Object[] known = ofAnswer(token, unavailable.error(), answer, source, unavailable.reason(), times);
        Object[] values = Arrays.copyOf(known, known.length + 1);
        values[known.length] = detail(answer, token);
        LOG.error(
                "No late verdict, the answer is not Playtcha's, check base-url and proxy: guard={}, reason={}, {} times"
                        + OF_ANSWER + "{}",
                values);
    }

    private static String detail(UpstreamResponse answer, String token) {
        if (answer instanceof UpstreamResponse.CallFailure failure) {
            return ", detail=" + LogText.cleanWithout(failure.detail(), token);
        }
        String location = ((UpstreamResponse.HttpReply) answer).location();
        return location == null ? "" : ", location=" + LogText.cleanWithout(location, token);
    }

    private void logMisconfigured(
            UpstreamResponse answer, Verdicts.Decision.Misconfigured misconfigured, String token, Instant now) {
        long times = context.teller.mayLog("misconfigured " + misconfigured.kind() + " " + source, now);
        if (times == 0) {
            return;
        }
        UpstreamResponse.HttpReply reply = (UpstreamResponse.HttpReply) answer;
        LOG.error(
                "No late verdict until this is put right: guard={}, {} times, {}" + OF_ANSWER,
                ofAnswer(
                        token, reply.error(), answer, source, times, LogText.cleanWithout(misconfigured.why(), token)));
    }
}
