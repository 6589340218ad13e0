package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.gate.Upstream;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * The way to Playtcha: each call runs on a worker thread with a blocking, pooled connection, while the asking thread
 * waits until the deadline and not longer; or goes its way, and a timer keeps the deadline. Thread-safe.
 *
 * <p>Blocking calls were chosen over the asynchronous client after measuring both; the decision and its figures are in
 * {@code docs/transport.md}.
 */
public final class HttpUpstream implements Upstream, AutoCloseable {
    private static final String CLOSED = "the verifier is closed";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Target target;
    private final SecretSource secret;
    private final Wire wire;
    private final Calls calls;
    private final Workers tellers = new Workers("async", () -> {});
    private final Alarms alarms = new Alarms();
    private volatile @Nullable Project project;

    private record Project(String secret, String digest) {}

    /**
     * Opens nothing yet.
     *
     * @param target where to
     * @param secret the project's
     * @param timeout the deadline of one call
     * @param connectTimeout at most {@code timeout}
     * @param capacity calls at once: the sum of the guards' {@code max-concurrent}
     * @param json reads answers
     * @param writer writes requests
     */
    public HttpUpstream(
            Target target,
            SecretSource secret,
            Duration timeout,
            Duration connectTimeout,
            int capacity,
            StrictJson json,
            JsonWriter writer) {
        this(target, secret, timeout, connectTimeout, capacity, json, writer, SystemDefaultDnsResolver.INSTANCE);
    }

    HttpUpstream(
            Target target,
            SecretSource secret,
            Duration timeout,
            Duration connectTimeout,
            int capacity,
            StrictJson json,
            JsonWriter writer,
            DnsResolver names) {
        this.target = target;
        this.secret = secret;
        this.wire = new Wire(json, writer, Clock.systemUTC());
        this.calls = new Calls("call", target, timeout, connectTimeout, capacity, names);
        warmUp();
    }

    /**
     * Makes room for one more guard.
     *
     * @param more calls at once: its {@code max-concurrent}
     */
    public void grow(int more) {
        calls.grow(more);
    }

    /** What is loaded and set up once costs the start some of a second, not the first visitor of their deadline. */
    private void warmUp() {
        byte[] sample = wire.request("secret", "token");
        wire.whole(new UpstreamResponse.HttpReply(401, null, false, Map.of(), null, null, null), sample, "secret");
        calls.warmUp();
    }

    @Override
    public UpstreamResponse call(String token) {
        throwIfClosed();
        return calls.ask(question(token));
    }

    @Override
    public void callAsync(String token, BiConsumer<@Nullable UpstreamResponse, @Nullable Throwable> then) {
        throwIfClosed();
        Exchange exchange = calls.open();
        Future<?> alarm;
        try {
            alarm = alarms.set(exchange);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(CLOSED, e);
        }
        exchange.whenOver((answer, bug) -> {
            alarm.cancel(false);
            hand(answer == null ? null : calls.asFarAsOpen(answer), bug, then);
        });
        // From here on the call back tells whatever happens, so nothing may be thrown as well.
        try {
            calls.start(exchange, question(token));
        } catch (Throwable e) {
            exchange.completeExceptionally(e);
        }
    }

    /** The user's code is next, and may take its time: neither the worker nor the timer has any to give. */
    private void hand(
            @Nullable UpstreamResponse answer, @Nullable Throwable bug, BiConsumer<@Nullable UpstreamResponse, @Nullable Throwable> then) {
        dispatch(() -> then.accept(answer, bug));
    }

    @Override
    public void dispatch(Runnable work) {
        boolean handed = false;
        try {
            handed = tellers.tryRun(work);
        } finally {
            // Closed, or not even the memory for a thread: late and here is better than never.
            if (!handed) {
                work.run();
            }
        }
    }

    private void throwIfClosed() {
        if (calls.isClosed()) {
            throw new IllegalStateException(CLOSED);
        }
    }

    private Supplier<Question> question(String token) {
        return () -> wire.verify(secret, target.path(), token);
    }

    @Override
    public String project() {
        String current = secret.latest();
        Project known = project;
        if (known == null || !known.secret().equals(current)) {
            known = new Project(current, digest(target.route().getTargetHost() + target.path(), current));
            project = known;
        }
        return known.digest();
    }

    private static String digest(String place, String secret) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(place.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            return HexFormat.of().formatHex(sha.digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean isClosed() {
        return calls.isClosed();
    }

    /** Gives up every call and takes no more, without waiting for anything; {@link #close} does the rest. */
    public void stop() {
        calls.stop();
    }

    /**
     * Gives up every call, closes every connection and ends every thread before it returns. Threads in the application's
     * code are given a moment, then interrupted; those that are still there after some seconds are left behind, with a
     * WARN.
     */
    @Override
    public void close() {
        calls.disconnect();
        Deadline grace = Deadline.in(GRACE);
        Deadline patience = Deadline.in(PATIENCE);
        alarms.close(patience);
        calls.close(patience);
        // Last: the others' last words are told by these.
        tellers.close(grace, patience);
    }
}
