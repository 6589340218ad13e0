package com.playtcha.jakarta.testkit;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends the callbacks of a service and records their outcomes. Thread-safe. */
final class CallbackDispatcher implements AutoCloseable {
    private final TaskStore tasks;
    private final Clock clock;
    private final @Nullable String key;
    private final CallbackSender sender;
    private final CallbackScheduler scheduler;
    private volatile CallbackJournal log = new CallbackJournal();
    private volatile @Nullable URI url;

    CallbackDispatcher(ResultServiceStandInBuilder builder, TaskStore tasks, String name) {
        this.tasks = tasks;
        this.clock = builder.clock;
        this.key = builder.callbackKey;
        this.url = builder.callbackUrl;
        this.sender = new CallbackSender(!builder.get, builder.keyInHeader, builder.callbackTimeout);
        this.scheduler = new CallbackScheduler(builder.manualClock, name);
    }

    void url(URI to) {
        url = CallbackSender.checked(to);
    }

    CallbackScheduler scheduler() {
        return scheduler;
    }

    CallbackJournal log() {
        return log;
    }

    void schedule(String id, CallbackBehavior behavior) {
        tasks.code(id);
        requireUrl();
        CallbackJournal current = log;
        for (int i = 0; i < behavior.times; i++) {
            scheduler.add(behavior.after, () -> attempt(id, behavior, 1, current));
        }
    }

    private void attempt(String id, CallbackBehavior behavior, int number, CallbackJournal current) {
        SentCallback sent = send(id, behavior, number, current);
        if (!sent.isAcknowledged() && !behavior.lost && number < behavior.attempts) {
            addUnlessCleared(behavior.pause, () -> attempt(id, behavior, number + 1, current), current);
        }
    }

    private synchronized void addUnlessCleared(Duration after, Runnable work, CallbackJournal current) {
        if (current == log) {
            scheduler.add(after, work);
        }
    }

    /** Sends a callback at once and waits for the answer. */
    SentCallback send(String id, CallbackBehavior behavior, int attempt) {
        return send(id, behavior, attempt, log);
    }

    /** A callback that began before a reset ends in the journal that it began in. */
    private SentCallback send(String id, CallbackBehavior behavior, int attempt, CallbackJournal current) {
        String own = tasks.code(id);
        String code = behavior.bare ? null : behavior.code == null ? own : behavior.code;
        URI to = requireUrl();
        CallbackSender.Outcome outcome = behavior.lost
                ? new CallbackSender.Outcome(0, "lost")
                : sender.send(to, id, code, behavior.key == null ? key : behavior.key, behavior.unheard);
        SentCallback sent = new SentCallback(id, code, attempt, outcome, clock.instant());
        current.add(sent);
        return sent;
    }

    private URI requireUrl() {
        URI known = url;
        if (known == null) {
            throw new IllegalStateException("no callback URL is set");
        }
        return known;
    }

    synchronized void clear() {
        log = new CallbackJournal();
        scheduler.clear();
    }

    @Override
    public void close() {
        sender.close();
        scheduler.close();
    }
}
