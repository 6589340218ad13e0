package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Lane;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls for the results of tasks. */
final class TaskAsker implements Questions.Asker {
    private static final Logger LOG = LoggerFactory.getLogger(TaskAsker.class);

    private final Parts parts;
    private final Questions questions;
    private final ResultPoller poller;
    private final Pacer pacer;

    TaskAsker(Parts parts, Questions questions, ResultPoller poller) {
        this.parts = parts;
        this.questions = questions;
        this.poller = poller;
        // None longer than the interval: a service that is back is asked again when it was to be asked anyway.
        Backoff pauses = new Backoff(parts.config.pollInterval, parts.config.pollInterval, 0.2);
        this.pacer = new Pacer(parts.config.mostPolls, pauses, parts.random);
    }

    int run(Places places) {
        return questions.run(Lane.POLL, null, pacer, places, this);
    }

    @Override
    public void ask(Lease lease) {
        parts.stats.add(LateCount.POLLED);
        int attempts = lease.attempts() + 1;
        ResultPoller.Poll poll;
        try {
            poll = poller.poll(lease.id());
        } catch (RuntimeException | Error e) {
            LOG.error("Polling for a result failed by a bug of this library's", e);
            poll = new ResultPoller.Poll.Trouble("a bug: " + e.getClass().getName(), null);
        }
        Instant now = parts.now();
        if (poll instanceof ResultPoller.Poll.Trouble trouble) {
            inTrouble(lease, attempts, trouble, now);
            return;
        }
        if (pacer.answered()) {
            LOG.warn("Polling for results works again");
        }
        if (poll instanceof ResultPoller.Poll.Ready ready) {
            settle(lease, attempts, now, ready.code());
        } else if (poll instanceof ResultPoller.Poll.Permanent permanent) {
            if (permanent.isOfKey()) {
                misconfigured(permanent.error(), now);
            }
            failed(lease, attempts, now, permanent.error());
        } else {
            questions.reschedule(lease, now.plus(parts.config.pollInterval), attempts, true, null);
        }
    }

    private void settle(Lease lease, int attempts, Instant now, String code) {
        if (code.length() > parts.config.mostCode) {
            failed(lease, attempts, now, "the result is longer than " + parts.config.mostCode + " characters");
            return;
        }
        LateResult result = LateResult.of(lease.id(), lease.kind(), LateOutcome.COMPLETED, now)
                .code(code)
                .build();
        questions.settle(lease, result.withHistory(lease.startedAt(), attempts));
    }

    private void failed(Lease lease, int attempts, Instant now, String error) {
        LateResult result = LateResult.of(lease.id(), lease.kind(), LateOutcome.FAILED, now)
                .failure(AsciiText.bounded(error))
                .build();
        questions.settle(lease, result.withHistory(lease.startedAt(), attempts));
    }

    private void misconfigured(String error, Instant now) {
        long times = parts.teller.mayLog("poll key", now);
        if (times > 0) {
            LOG.error(
                    "Polling is misconfigured, and tasks fail for good: the service behind poll-url refuses the key, {}"
                            + " times since the last such line: {}. Look at setting poll-key or poll-key-file.",
                    times,
                    LogText.clean(error));
        }
    }

    private void inTrouble(Lease lease, int attempts, ResultPoller.Poll.Trouble trouble, Instant now) {
        boolean first = trouble.isOfService() && pacer.unavailable(now);
        Duration pause = parts.config.pollInterval;
        Duration asked = trouble.pause();
        if (asked != null && asked.compareTo(pause) > 0) {
            pause = asked.compareTo(parts.config.mostThrottle) > 0 ? parts.config.mostThrottle : asked;
            pacer.throttled(now, pause);
        }
        long times = parts.teller.mayLog(trouble.isOfService() ? "poll" : "poll of a task", now);
        if (first || times > 0) {
            LOG.warn(
                    trouble.isOfService()
                            ? "Polling for results fails, one task at a time is polled for: {} times: {}"
                            : "Polls bring no answer for single tasks: {} times: {}",
                    Math.max(1, times),
                    LogText.clean(trouble.detail()));
        }
        questions.reschedule(lease, now.plus(pause), attempts, true, trouble.detail());
    }
}
