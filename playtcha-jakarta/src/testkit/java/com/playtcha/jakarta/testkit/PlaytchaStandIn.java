package com.playtcha.jakarta.testkit;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for Playtcha, for tests and development: a real HTTP server on 127.0.0.1 that answers
 * {@code POST /v1/verify} as Playtcha does, and plays scripted replies and faults.
 *
 * <p>Without a script, a token means what it begins with:
 *
 * <table>
 * <caption>Tokens</caption>
 * <tr><th>Token</th><th>Answer</th></tr>
 * <tr><td>{@code ok}</td><td>200, {@code success: true}</td></tr>
 * <tr><td>{@code ok-degraded}</td><td>200, {@code success: true, degraded: true}</td></tr>
 * <tr><td>{@code success-false}</td><td>200, {@code success: false}</td></tr>
 * <tr><td>{@code invalid}, any other</td><td>401 {@code token_invalid}</td></tr>
 * <tr><td>{@code bad-secret}</td><td>401 {@code bad_secret}</td></tr>
 * <tr><td>{@code unknown-project}</td><td>404 {@code unknown_project}</td></tr>
 * <tr><td>{@code redeemed}</td><td>409 {@code already_redeemed}</td></tr>
 * <tr><td>{@code expired}</td><td>410 {@code token_expired}</td></tr>
 * <tr><td>{@code rate-limited}</td><td>429 {@code rate_limited_ip}, {@code Retry-After: 30};
 *     {@code rate-limited-5} says 5</td></tr>
 * <tr><td>{@code db-error}</td><td>500 {@code db_error}</td></tr>
 * <tr><td>{@code slow}</td><td>as {@code ok}, after 1.5 s; {@code slow-700ms-x} after 700 ms</td></tr>
 * <tr><td>{@code hang}</td><td>none, until the client or the stand-in closes</td></tr>
 * </table>
 *
 * <p>A token that is accepted ({@code ok…}, {@code ok-degraded…}, {@code success-false…}, {@code slow…}) is redeemed
 * when its request arrives, and gives 409 {@code already_redeemed} at once from then on (100,000 tokens are
 * kept). A wrong secret gives 401
 * {@code bad_secret}, whatever the token. What is not a verify request (another path, method or content type, a body
 * that is not exactly {@code secret} and {@code token}) gives 404, 405, 415 or 400, whatever the script, and is counted
 * apart: see {@link #malformed()}.
 *
 * <p>With JUnit 5 or 6, {@link PlaytchaTest} starts a stand-in for a test class, and sets and restores the settings.
 * With another framework, start one by {@link #start()}, give the application the settings of {@link #properties()}, call
 * {@link #reset()} between tests, and close the stand-in at the end.
 *
 * <p>Thread-safe. Its threads are daemons, and their names begin with {@code standin-}.
 *
 * @since 0.1
 */
public final class PlaytchaStandIn implements AutoCloseable {
    private static final String VERIFY = "/v1/verify";

    private final String secret;
    private final String prefix;
    private final boolean https;
    private final Clock clock;
    private final ReplyWriter writer;
    private final LoopbackServer server;

    private final ReplyScript<ReceivedRequest> script = new ReplyScript<>();

    private volatile RequestJournal<ReceivedRequest> journal = new RequestJournal<>(ReceivedRequest::size);
    private volatile int connectionsBefore;

    PlaytchaStandIn(PlaytchaStandInBuilder builder) {
        this.secret = builder.secret;
        this.prefix = builder.pathPrefix;
        this.https = builder.tls != null;
        this.clock = builder.clock;
        this.writer = new ReplyWriter(builder.clock);
        this.server = new LoopbackServer("standin-playtcha", builder.tls, this::serve);
        server.start(builder.port);
    }

    /**
     * Starts one on any free port of 127.0.0.1, with the secret {@code test-secret}.
     *
     * @return a running stand-in
     */
    public static PlaytchaStandIn start() {
        return builder().start();
    }

    /**
     * Starts one on this port of 127.0.0.1, with the secret {@code test-secret}.
     *
     * @param port from 0, any free port, to 65535
     * @return a running stand-in
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public static PlaytchaStandIn start(int port) {
        return builder().port(port).start();
    }

    /**
     * Returns a builder for settings other than the defaults.
     *
     * @return a new builder
     */
    public static PlaytchaStandInBuilder builder() {
        return new PlaytchaStandInBuilder();
    }

    /**
     * Runs one from the command line until it is interrupted: {@code --port} (default 8089) and {@code --secret}
     * (default {@code test-secret}). A wrong argument ends it with status 2, a taken port with 1.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int status = new CommandLine(System.out, System.err).run(args);
        if (status != 0) {
            System.exit(status);
        }
    }

    /**
     * What to set as {@code base-url}.
     *
     * @return such as {@code http://127.0.0.1:40123}, without a trailing slash
     */
    public URI baseUrl() {
        return URI.create((https ? "https" : "http") + "://127.0.0.1:" + port() + prefix);
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
     * Returns the secret that it accepts.
     *
     * @return {@code test-secret} unless the builder set another
     */
    public String secret() {
        return secret;
    }

    /**
     * Returns the settings of an application that uses this stand-in: {@code playtcha.base-url} and
     * {@code playtcha.secret}. For {@code @DynamicPropertySource} of Spring, test resources of Quarkus, and the like.
     *
     * @return an unmodifiable map
     */
    public Map<String, String> properties() {
        return Map.of("playtcha.base-url", baseUrl().toString(), "playtcha.secret", secret);
    }

    /**
     * Queues replies: each verify request takes the next one, whatever its token and secret. Once they are
     * used up, {@link #always} applies, or the tokens do.
     *
     * @param replies in order, after those queued already
     * @return this
     */
    public PlaytchaStandIn script(Reply... replies) {
        script.add(List.of(replies));
        return this;
    }

    /**
     * Answers every verify request with this reply while nothing is queued.
     *
     * @param reply null goes back to the tokens
     * @return this
     */
    public PlaytchaStandIn always(@Nullable Reply reply) {
        script.always(reply);
        return this;
    }

    /**
     * Calls a function first, on the connection's own thread. If it throws, the answer is 500 with code
     * {@code stand_in_script_failed} and the exception's text.
     *
     * @param function gives a reply, or null for what would be answered without it; null takes the function away
     * @return this
     */
    public PlaytchaStandIn onRequest(@Nullable Function<ReceivedRequest, @Nullable Reply> function) {
        script.first(function);
        return this;
    }

    /** Stops listening and closes every connection: from now on connecting fails at once. The port is kept. */
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
     * Resets the stand-in: clears scripts, requests, counts and redeemed tokens. Requests that are being answered are
     * dropped and their connections closed; idle connections stay. Does not undo {@link #refuse()}.
     */
    public void reset() {
        script.clear();
        RequestJournal<ReceivedRequest> before = journal;
        connectionsBefore = server.accepted();
        journal = new RequestJournal<>(ReceivedRequest::size);
        server.abort(before.answering());
    }

    /**
     * Ends throttle pauses and closes circuit breakers of all guards in this process whose service is on this host, as a
     * stand-in's is. They are part of the applications and not of the stand-in: after a test with a 429 or an outage, the
     * next one's calls reach the stand-in again. Tokens that were allowed unverified stay remembered, so a test of an outage
     * needs a token of its own. Uses the guards' JMX operation {@code reset}, so it reaches applications with class loaders
     * of their own too.
     */
    public void heal() {
        Applications.invoke("Guard", "reset");
    }

    /**
     * Returns the verify requests in the order in which they were read, at most the last 10,000.
     *
     * @return a copy
     */
    public List<ReceivedRequest> requests() {
        return journal.requests();
    }

    /**
     * Returns the verify requests as a test asserts them: which token, how often, and what was answered.
     *
     * @return those received so far, since the start or {@link #reset()}
     */
    public Verifications verifications() {
        return new Verifications(requests(), malformed());
    }

    /**
     * Returns how many verify requests were received, including those that are not answered.
     *
     * @return since the start or {@link #reset()}
     */
    public int requestCount() {
        return journal.requestCount();
    }

    /**
     * Returns the verify request that was read last.
     *
     * @return empty if there was none
     */
    public Optional<ReceivedRequest> lastRequest() {
        List<ReceivedRequest> all = requests();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /**
     * Returns the requests that are not verify requests, one sentence each, at most the last 1,000, without their bodies.
     *
     * @return a copy, in order
     */
    public List<String> malformed() {
        return journal.malformed();
    }

    /**
     * Returns how many requests were received that are not verify requests.
     *
     * @return since the start or {@link #reset()}
     */
    public int malformedCount() {
        return journal.malformedCount();
    }

    /**
     * Returns how many connections were accepted.
     *
     * @return since the start or {@link #reset()}
     */
    public int connectionCount() {
        return server.accepted() - connectionsBefore;
    }

    /**
     * Returns how many connections are open now.
     *
     * @return those of before a {@link #reset()} included
     */
    public int openConnections() {
        return server.open();
    }

    /**
     * Returns how many verify requests have been read and not answered completely.
     *
     * @return zero once each client has its whole answer
     */
    public int inFlight() {
        return journal.inFlight();
    }

    /**
     * The highest {@link #inFlight()} there was.
     *
     * @return since the start or {@link #reset()}
     */
    public int maxConcurrentRequests() {
        return journal.maxInFlight();
    }

    /**
     * Waits until that many verify requests have been received since the start or {@link #reset()}.
     *
     * @param count at least this many
     * @param atMost how long to wait
     * @throws IllegalStateException if they do not come, or the thread is interrupted; says what was received
     */
    public void awaitRequests(int count, Duration atMost) {
        RequestJournal<ReceivedRequest> current = journal;
        boolean came;
        try {
            came = current.await(count, atMost.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            came = false;
        }
        if (!came) {
            throw new IllegalStateException("Waited " + atMost + " for " + count + " verify requests; "
                    + current.requestCount() + " came: " + current.requests() + ", and no verify requests: "
                    + current.malformed());
        }
    }

    /** Ends all connections, sockets and threads before it returns. A second call does nothing. */
    @Override
    public void close() {
        server.close();
    }

    private void serve(ClientConnection connection) throws IOException, InterruptedException {
        new ConnectionHandler(server, connection, this::answer).run();
    }

    private boolean answer(RawRequest request, ClientConnection connection) throws IOException, InterruptedException {
        RequestJournal<ReceivedRequest> current = journal;
        if (isPage(request)) {
            Reply page = Reply.status(200)
                    .header("Content-Type", "text/plain; charset=utf-8")
                    .body(TokenReplies.page(baseUrl() + VERIFY));
            return writer.write(page, request, connection, () -> {});
        }
        VerifyBody body;
        try {
            body = VerifyRequest.read(request, prefix + VERIFY);
        } catch (VerifyRequest.Refused e) {
            current.malformed(e.why());
            return writer.write(e.reply(), request, connection, () -> {});
        }
        ReceivedRequest received = new ReceivedRequest(request, body, connection.number(), clock.instant());
        // Chosen before anyone can know of the request: what is scripted once it was seen is for the next one.
        Function<ReceivedRequest, @Nullable Reply> first = script.first();
        Reply chosen = first == null ? choose(received, current) : null;
        if (chosen != null) {
            received.answeredWith(chosen);
        }
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
            Reply reply = chosen == null ? choose(received, current) : chosen;
            received.answeredWith(reply);
            return writer.write(reply, request, connection, end);
        } finally {
            end.run();
        }
    }

    private boolean isPage(RawRequest request) {
        return (request.method().equals("GET") || request.method().equals("HEAD"))
                && (request.target().equals("/") || request.target().equals(prefix + "/"));
    }

    private Reply choose(ReceivedRequest received, RequestJournal<ReceivedRequest> current) {
        Reply scripted = script.next();
        if (scripted != null) {
            return scripted;
        }
        return received.secret().equals(secret)
                ? TokenReplies.reply(received.token(), current::redeem)
                : TokenReplies.badSecret();
    }
}
