package com.playtcha.jakarta.testkit;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for a service that works on tasks and delivers their results late, by callback and by polling: a real HTTP
 * server on 127.0.0.1 for polls, and a real client for callbacks. Plays scripted replies and faults.
 *
 * <p>The wire: {@code GET /res.php?key=…&action=get&id=…&json=1} is answered with 200 and
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><td>{@code {"status":1,"request":"<result>"}}</td><td>after {@link #complete}</td></tr>
 * <tr><td>{@code {"status":0,"request":"CAPCHA_NOT_READY"}}</td><td>before that</td></tr>
 * <tr><td>{@code {"status":0,"request":"<error>"}}</td><td>after {@link #fail}; {@code ERROR_WRONG_CAPTCHA_ID} for an
 *     unknown task, {@code ERROR_WRONG_USER_KEY} for a wrong key or none</td></tr>
 * </table>
 *
 * <p>What is no such request gives 404, 405 or 400, whatever the script, and is told by {@link #malformed()}. A callback
 * carries {@code id}, {@code code} (the result; a task that failed has none) and the key, in a form or in the URL.
 *
 * <pre>{@code
 * try (ResultServiceStandIn service = ResultServiceStandIn.builder()
 *         .callbackUrl(URI.create("http://127.0.0.1:8080/app/callback"))
 *         .callbackKey("a-callback-key-of-the-test")
 *         .start()) {
 *     String id = service.createTask();
 *     service.complete(id, "result-1");
 *     assertTrue(service.deliver(id).isAcknowledged());                 // now
 *     service.schedule(id, CallbackBehavior.once().times(3));               // soon, and again, and again
 *     service.plan(task -> CallbackBehavior.lost());                        // from now on complete() calls back, in vain
 *     service.script(Reply.status(500), Reply.hang());                  // the next two polls
 * }
 * }</pre>
 *
 * <p>Thread-safe. Its threads are daemons, and their names begin with {@code standin-}. It remembers the last 100,000 tasks, and
 * the last 10,000 polls and callbacks.
 *
 * @since 0.1
 */
public final class ResultServiceStandIn implements AutoCloseable {
    private static final String NAME = "standin-results";
    private static final String POLL = "/res.php";

    private final boolean https;
    private final TaskStore tasks;
    private final PollHandler pollHandler;
    private final CallbackDispatcher callbacks;
    private final LoopbackServer server;
    private volatile @Nullable Function<String, @Nullable CallbackBehavior> plans;

    ResultServiceStandIn(ResultServiceStandInBuilder builder) {
        this.https = builder.tls != null;
        this.tasks = new TaskStore(builder.clock);
        this.pollHandler = new PollHandler(tasks, builder.pollKey, POLL, builder.clock);
        this.callbacks = new CallbackDispatcher(builder, tasks, NAME);
        this.server = new LoopbackServer(NAME, builder.tls, this::serve);
        server.start(builder.port);
    }

    /**
     * Starts one on any free port of 127.0.0.1, with the poll key {@code test-poll-key}.
     *
     * @return a running stand-in
     */
    public static ResultServiceStandIn start() {
        return builder().start();
    }

    /**
     * Returns a builder for settings other than the defaults.
     *
     * @return a new builder
     */
    public static ResultServiceStandInBuilder builder() {
        return new ResultServiceStandInBuilder();
    }

    /**
     * What to set as {@code poll-url}.
     *
     * @return such as {@code http://127.0.0.1:40123/res.php}
     */
    public URI pollUrl() {
        return URI.create((https ? "https" : "http") + "://127.0.0.1:" + port() + POLL);
    }

    /**
     * Returns the port that it listens on, also while it refuses connections.
     *
     * @return from 1 to 65535
     */
    public int port() {
        return server.port();
    }

    /**
     * Sets the address of later callbacks.
     *
     * @param url {@code http://}, perhaps with a query
     */
    public void callBackTo(URI url) {
        callbacks.url(url);
    }

    /**
     * Creates a task.
     *
     * @return its id: digits, not used before, by an earlier run neither
     */
    public String createTask() {
        return tasks.create();
    }

    /**
     * Creates a task with an id that the caller chooses.
     *
     * @param id not empty, and not a task's already
     * @return the id
     * @throws IllegalArgumentException for another one
     */
    public String createTask(String id) {
        return tasks.create(id);
    }

    /**
     * Returns the tasks without a result, in the order in which they were created.
     *
     * @return a copy
     */
    public List<String> unfinishedTasks() {
        return tasks.unfinished();
    }

    /**
     * The task has its result from now on, and is called back about where {@link #plan} says so.
     *
     * @param id of a task without a result
     * @param code the result
     * @throws IllegalArgumentException where there is no such task
     * @throws IllegalStateException where it has a result
     */
    public void complete(String id, String code) {
        tasks.end(id, Objects.requireNonNull(code, "code"), null);
        callBack(id);
    }

    /**
     * The task has failed, and is called back about where {@link #plan} says so, with its id alone.
     *
     * @param id of a task without a result
     * @param error such as {@code ERROR_CAPTCHA_UNSOLVABLE}
     * @throws IllegalArgumentException where there is no such task
     * @throws IllegalStateException where it has a result
     */
    public void fail(String id, String error) {
        tasks.end(id, null, Objects.requireNonNull(error, "error"));
        callBack(id);
    }

    private void callBack(String id) {
        Function<String, @Nullable CallbackBehavior> known = plans;
        CallbackBehavior plan = known == null ? null : known.apply(id);
        if (plan != null) {
            schedule(id, plan);
        }
    }

    /**
     * How {@link #complete} and {@link #fail} call back from now on.
     *
     * @param function gives the plan for a task's id, or null for no callback; null, as at the start, never calls back
     */
    public void plan(@Nullable Function<String, @Nullable CallbackBehavior> function) {
        plans = function;
    }

    /**
     * Calls back once, now, and waits for the answer.
     *
     * @param id of a task with a result
     * @return what became of it
     * @throws IllegalArgumentException where there is no such task
     * @throws IllegalStateException where it has no result yet, or nobody said where to call back
     */
    public SentCallback deliver(String id) {
        return callbacks.send(id, CallbackBehavior.once(), 1);
    }

    /**
     * Calls back as planned, without waiting. What became of it is told by {@link #callbacks()}.
     *
     * @param id of a task with a result
     * @param plan how
     * @throws IllegalArgumentException where there is no such task
     * @throws IllegalStateException where it has no result yet, or nobody said where to call back
     */
    public void schedule(String id, CallbackBehavior plan) {
        callbacks.schedule(id, plan);
    }

    /**
     * Moves the time of a manual-clock stand-in, and sends the callbacks that become due on the way, in the order in
     * which they do, one after the other, attempts that follow from them included.
     *
     * @param time not negative
     * @throws IllegalStateException where time passes by itself
     */
    public void advance(Duration time) {
        callbacks.scheduler().advance(time);
    }

    /**
     * Returns how many callbacks are scheduled.
     *
     * @return those that are being sent not counted
     */
    public int scheduledCallbacks() {
        return callbacks.scheduler().waiting();
    }

    /**
     * Returns the callbacks that were sent or lost, in the order in which they ended, at most the last 10,000.
     *
     * @return a copy
     */
    public List<SentCallback> callbacks() {
        return callbacks.log().all();
    }

    /**
     * Waits until that many callbacks are over since the start or {@link #reset()}.
     *
     * @param count at least this many
     * @param atMost how long to wait
     * @throws IllegalStateException if they are not, or the thread is interrupted; says which are
     */
    public void awaitCallbacks(int count, Duration atMost) {
        callbacks.log().await(count, atMost);
    }

    /**
     * Queues replies: each poll takes the next one, whatever its task and key. Once they are used up,
     * {@link #always} applies, or the tasks do.
     *
     * @param replies in order, after those queued already
     * @return this
     */
    public ResultServiceStandIn script(Reply... replies) {
        pollHandler.script().add(List.of(replies));
        return this;
    }

    /**
     * Answers every poll with this reply while nothing is queued.
     *
     * @param reply null goes back to the tasks
     * @return this
     */
    public ResultServiceStandIn always(@Nullable Reply reply) {
        pollHandler.script().always(reply);
        return this;
    }

    /**
     * Calls a function first, on the connection's own thread. If it throws, the answer is 500.
     *
     * @param function gives a reply, or null for what would be answered without it; null takes the function away
     * @return this
     */
    public ResultServiceStandIn onPoll(@Nullable Function<ReceivedPoll, @Nullable Reply> function) {
        pollHandler.script().first(function);
        return this;
    }

    /** Stops listening and closes every connection: from now on polling fails at once. The port is kept. */
    public void refuse() {
        server.refuse();
    }

    /**
     * Listens again on the same port, after {@link #refuse()}.
     *
     * @throws java.io.UncheckedIOException if another process took the port meanwhile
     * @throws IllegalStateException after {@link #close()}
     */
    public void accept() {
        server.accept();
    }

    /**
     * Resets the stand-in: clears tasks, plans, scripts, polls and callbacks, those that wait included. Polls that are
     * being answered are dropped. Does not undo {@link #refuse()}.
     */
    public void reset() {
        plans = null;
        callbacks.clear();
        tasks.clear();
        server.abort(pollHandler.reset().answering());
    }

    /**
     * Returns the polls in the order in which they were read, at most the last 10,000.
     *
     * @return a copy
     */
    public List<ReceivedPoll> polls() {
        return pollHandler.journal().requests();
    }

    /**
     * Returns how many polls were received, including those that are not answered.
     *
     * @return since the start or {@link #reset()}
     */
    public int pollCount() {
        return pollHandler.journal().requestCount();
    }

    /**
     * Returns how often a task was polled.
     *
     * @param id of a task
     * @return whatever the answer was, and with whatever key
     * @throws IllegalArgumentException where there is no such task
     */
    public int pollCount(String id) {
        return tasks.polls(id);
    }

    /**
     * Waits until that many polls have been received since the start or {@link #reset()}.
     *
     * @param count at least this many
     * @param atMost how long to wait
     * @throws IllegalStateException if they do not come, or the thread is interrupted; says what was received
     */
    public void awaitPolls(int count, Duration atMost) {
        RequestJournal<ReceivedPoll> current = pollHandler.journal();
        boolean came;
        try {
            came = current.await(count, atMost.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            came = false;
        }
        if (!came) {
            throw new IllegalStateException("Waited " + atMost + " for " + count + " polls; " + current.requestCount()
                    + " came: " + current.requests() + ", and no polls: " + current.malformed());
        }
    }

    /**
     * Returns the requests that are not polls, one sentence each, at most the last 1,000, without their queries.
     *
     * @return a copy, in order
     */
    public List<String> malformed() {
        return pollHandler.journal().malformed();
    }

    /**
     * Returns how many connections were accepted.
     *
     * @return since the start
     */
    public int connectionCount() {
        return server.accepted();
    }

    /**
     * Returns how many connections are open now.
     *
     * @return at least 0
     */
    public int openConnections() {
        return server.open();
    }

    /** Ends all connections, sockets and threads before it returns. A second call does nothing. */
    @Override
    public void close() {
        callbacks.close();
        server.close();
    }

    private void serve(ClientConnection connection) throws IOException, InterruptedException {
        new ConnectionHandler(server, connection, pollHandler::answer).run();
    }
}
