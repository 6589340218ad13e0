package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls for the results of tasks. */
final class TaskPoller extends Poller {
    private static final Logger LOG = LoggerFactory.getLogger(TaskPoller.class);

    private final TaskClient client;

    TaskPoller(EngineContext context, ResultSpool spool, Executor executor, TaskClient client) {
        super(context, spool, executor, limiter(context), WorkQueue.POLL, null);
        this.client = client;
    }

    /** No pause exceeds the interval: after an outage the service is polled no later than it would have been. */
    private static RateLimiter limiter(EngineContext context) {
        Backoff pauses = new Backoff(context.config.pollInterval, context.config.pollInterval, 0.2);
        return new RateLimiter(context.config.maxPolls, pauses, context.random);
    }

    @Override
    void poll(Lease lease) {
        context.metrics.add(LateCounter.POLLED);
        int attempts = lease.attempts() + 1;
        TaskClient.Poll poll;
        try {
            poll = client.poll(lease.id());
        } catch (RuntimeException | Error e) {
            LOG.error("A bug of this library made a poll fail; it is tried again", e);
            poll = new TaskClient.Poll.Failure("a bug: " + e.getClass().getName(), null);
        }
        if (poll instanceof TaskClient.Poll.Failure failure) {
            failed(lease, attempts, failure);
            return;
        }
        if (limiter.answered()) {
            LOG.warn("Polling for results works again");
        }
        LateResult.Builder result = LateResult.of(lease.id(), lease.kind(), LateOutcome.FAILED, context.now());
        if (poll instanceof TaskClient.Poll.Ready ready && ready.code().length() <= LateConfig.MAX_CODE_BYTES) {
            result = LateResult.of(lease.id(), lease.kind(), LateOutcome.COMPLETED, context.now())
                    .code(ready.code());
        } else if (poll instanceof TaskClient.Poll.Ready) {
            result.failure("the result is longer than " + LateConfig.MAX_CODE_BYTES + " characters");
        } else if (poll instanceof TaskClient.Poll.Permanent permanent) {
            if (permanent.isOfKey()) {
                misconfigured(permanent.error());
            }
            result.failure(AsciiText.bounded(permanent.error()));
        } else {
            reschedule(lease, context.now().plus(context.config.pollInterval), attempts, true, null);
            return;
        }
        settle(lease, result.build().withHistory(lease.startedAt(), attempts));
    }

    private void misconfigured(String error) {
        context.throttled(
                "poll key",
                times -> LOG.error(
                        "The service behind poll-url rejects the key, so tasks fail for good; check poll-key or"
                                + " poll-key-file: {} times since the last such line: {}",
                        times,
                        LogText.clean(error)));
    }

    private void failed(Lease lease, int attempts, TaskClient.Poll.Failure failure) {
        Instant now = context.now();
        boolean first = failure.isOfService() && limiter.unavailable(now);
        Duration pause = context.config.pollInterval;
        Duration asked = failure.pause();
        if (asked != null && asked.compareTo(pause) > 0) {
            pause = asked.compareTo(context.config.maxThrottle) > 0 ? context.config.maxThrottle : asked;
            limiter.throttled(now, pause);
        }
        long times = context.log.count(failure.isOfService() ? "poll" : "poll of a task");
        if (first || times > 0) {
            LOG.warn(
                    failure.isOfService()
                            ? "Polling for results fails; one task at a time is polled: {} times: {}"
                            : "Polls for single tasks bring no answer: {} times: {}",
                    Math.max(1, times),
                    LogText.clean(failure.detail()));
        }
        reschedule(lease, now.plus(pause), attempts, true, failure.detail());
    }
}
