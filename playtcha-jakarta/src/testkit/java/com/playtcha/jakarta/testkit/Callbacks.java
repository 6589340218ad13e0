package com.playtcha.jakarta.testkit;

import java.net.URI;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The callbacks of a service: sends them as planned, and remembers what became of them. Thread-safe. */
final class Callbacks implements AutoCloseable {
    private final Tasks tasks;
    private final Clock clock;
    private final @Nullable String key;
    private final CallbackSender sender;
    private final Outbox outbox;
    private final CallbackLog log = new CallbackLog();
    private volatile @Nullable URI url;

    Callbacks(ResultServiceStandInBuilder builder, Tasks tasks, String name) {
        this.tasks = tasks;
        this.clock = builder.clock;
        this.key = builder.callbackKey;
        this.url = builder.callbackUrl;
        this.sender = new CallbackSender(!builder.get, builder.keyInHeader, builder.callbackTimeout);
        this.outbox = new Outbox(builder.handCranked, name);
    }

    void url(URI to) {
        url = CallbackSender.checked(to);
    }

    Outbox outbox() {
        return outbox;
    }

    CallbackLog log() {
        return log;
    }

    void schedule(String id, CallbackPlan plan) {
        tasks.code(id);
        requireUrl();
        for (int i = 0; i < plan.times; i++) {
            outbox.add(plan.after, () -> attempt(id, plan, 1));
        }
    }

    private void attempt(String id, CallbackPlan plan, int number) {
        SentCallback sent = send(id, plan, number);
        if (!sent.isAcknowledged() && !plan.lost && number < plan.attempts) {
            outbox.add(plan.pause, () -> attempt(id, plan, number + 1));
        }
    }

    /** Sends one now, and waits for the answer. */
    SentCallback send(String id, CallbackPlan plan, int attempt) {
        String own = tasks.code(id);
        String code = plan.bare ? null : plan.code == null ? own : plan.code;
        URI to = requireUrl();
        CallbackSender.Outcome outcome = plan.lost
                ? new CallbackSender.Outcome(0, "lost")
                : sender.send(to, id, code, plan.key == null ? key : plan.key, plan.unheard);
        SentCallback sent = new SentCallback(id, code, attempt, outcome, clock.instant());
        log.add(sent);
        return sent;
    }

    private URI requireUrl() {
        URI known = url;
        if (known == null) {
            throw new IllegalStateException("nobody said where to call back");
        }
        return known;
    }

    void clear() {
        outbox.clear();
        log.clear();
    }

    @Override
    public void close() {
        sender.close();
        outbox.close();
    }
}
