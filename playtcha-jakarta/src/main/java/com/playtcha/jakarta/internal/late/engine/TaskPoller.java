package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls for the results of tasks. */
final class TaskPoller implements PollDispatcher.Asker {
    private static final Logger LOG = LoggerFactory.getLogger(TaskPoller.class);

    private final EngineContext context;
    private final PollDispatcher questions;
    private final TaskClient poller;
    private final RateLimiter pacer;

    TaskPoller(EngineContext context, PollDispatcher questions, TaskClient poller) {
        this.context = context;
        this.questions = questions;
        this.poller = poller;
        // None longer than the interval: a service that is back is asked again when it was to be asked anyway.
        Backoff pauses = new Backoff(context.config.pollInterval, context.config.pollInterval, 0.2);
        this.pacer = new RateLimiter(context.config.mostPolls, pauses, context.random);
    }

    int run(Bulkhead places) {
        return questions.run(WorkQueue.POLL, null, pacer, places, this);
    }

    @Override
    public void ask(Lease lease) {
        context.stats.add(LateCounter.POLLED);
        int attempts = lease.attempts() + 1;
        TaskClient.Poll poll;
        try {
            poll = poller.poll(lease.id());
        } catch (RuntimeException | Error e) {
            LOG.error("Polling for a result failed by a bug of this library's", e);
            poll = new TaskClient.Poll.Trouble("a bug: " + e.getClass().getName(), null);
        }
        Instant now = context.now();
        if (poll instanceof TaskClient.Poll.Trouble trouble) {
            inTrouble(lease, attempts, trouble, now);
            return;
        }
        if (pacer.answered()) {
            LOG.warn("Polling for results works again");
        }
        if (poll instanceof TaskClient.Poll.Ready ready) {
            settle(lease, attempts, now, ready.code());
        } else if (poll instanceof TaskClient.Poll.Permanent permanent) {
            if (permanent.isOfKey()) {
                misconfigured(permanent.error(), now);
            }
            failed(lease, attempts, now, permanent.error());
        } else {
            questions.reschedule(lease, now.plus(context.config.pollInterval), attempts, true, null);
        }
    }

    private void settle(Lease lease, int attempts, Instant now, String code) {
        if (code.length() > context.config.mostCode) {
            failed(lease, attempts, now, "the result is longer than " + context.config.mostCode + " characters");
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
        long times = context.teller.mayLog("poll key", now);
        if (times > 0) {
            LOG.error(
                    "Polling is misconfigured, and tasks fail for good: the service behind poll-url refuses the key, {}"
                            + " times since the last such line: {}. Look at setting poll-key or poll-key-file.",
                    times,
                    LogText.clean(error));
        }
    }

    private void inTrouble(Lease lease, int attempts, TaskClient.Poll.Trouble trouble, Instant now) {
        boolean first = trouble.isOfService() && pacer.unavailable(now);
        Duration pause = context.config.pollInterval;
        Duration asked = trouble.pause();
        if (asked != null && asked.compareTo(pause) > 0) {
            pause = asked.compareTo(context.config.mostThrottle) > 0 ? context.config.mostThrottle : asked;
            pacer.throttled(now, pause);
        }
        long times = context.teller.mayLog(trouble.isOfService() ? "poll" : "poll of a task", now);
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
