package com.playtcha.jakarta.testkit;

import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers polls as scripted, else with the state of the task. Thread-safe. */
final class PollHandler {
    private final TaskStore tasks;
    private final @Nullable String key;
    private final String path;
    private final Clock clock;
    private final ReplyWriter writer;
    private final ReplyScript<ReceivedPoll> script = new ReplyScript<>();
    private volatile RequestJournal<ReceivedPoll> journal = new RequestJournal<>(ReceivedPoll::size);

    PollHandler(TaskStore tasks, @Nullable String key, String path, Clock clock) {
        this.tasks = tasks;
        this.key = key;
        this.path = path;
        this.clock = clock;
        this.writer = new ReplyWriter(clock);
    }

    ReplyScript<ReceivedPoll> script() {
        return script;
    }

    RequestJournal<ReceivedPoll> journal() {
        return journal;
    }

    /** Resets script and journal; returns the journal so far. */
    RequestJournal<ReceivedPoll> reset() {
        script.clear();
        RequestJournal<ReceivedPoll> before = journal;
        journal = new RequestJournal<>(ReceivedPoll::size);
        return before;
    }

    /** Writes the whole answer; returns false to close the connection. */
    boolean answer(RawRequest request, ClientConnection connection) throws IOException, InterruptedException {
        RequestJournal<ReceivedPoll> current = journal;
        PollRequest poll;
        try {
            poll = PollRequest.read(request, path);
        } catch (VerifyRequest.Refused e) {
            current.malformed(e.why());
            return writer.write(e.reply(), request, connection, () -> {});
        }
        ReceivedPoll received = new ReceivedPoll(request, poll.id(), poll.key(), connection.number(), clock.instant());
        // Chosen before the poll is visible in the journal: a reply that is scripted afterwards is for the next one.
        Function<ReceivedPoll, @Nullable Reply> first = script.first();
        Reply chosen = first == null ? choose(received) : null;
        tasks.polled(poll.id());
        current.begin(received, connection);
        AtomicBoolean ended = new AtomicBoolean();
        Runnable end = () -> {
            if (ended.compareAndSet(false, true)) {
                current.end(connection);
            }
        };
        try {
            if (first != null) {
                chosen = ReplyScript.ask(first, received);
            }
            return writer.write(chosen == null ? choose(received) : chosen, request, connection, end);
        } finally {
            end.run();
        }
    }

    private Reply choose(ReceivedPoll received) {
        Reply scripted = script.next();
        if (scripted != null) {
            return scripted;
        }
        boolean known = key == null || received.key().filter(key::equals).isPresent();
        return Reply.json(200, known ? tasks.answer(received.id()) : TaskStore.error("ERROR_WRONG_USER_KEY"));
    }
}
