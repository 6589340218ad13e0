package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.Upstream;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.internal.util.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls Playtcha over HTTP, on the caller's thread or on a thread of its own. Its design and the measurements behind it
 * are described in {@code docs/transport.md}. Thread-safe.
 */
public final class HttpUpstream implements Upstream, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpUpstream.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final int MAX_RESPONSE_BYTES = 64 * 1024;
    private static final int MAX_DEPTH = 32;
    /** A shorter secret occurs in ordinary words, and masking it would garble them. */
    private static final int MIN_MASKED_LENGTH = 8;

    private final Target target;
    private final SecretSource secret;
    private final StrictJson json;
    private final JsonWriter writer;
    private final CallExecutor calls;
    /** Unbounded: the guards' permits bound the calls, and a callback may block its thread for any time. */
    private final WorkerPool async =
            new WorkerPool(new DaemonThreads("async", HttpUpstream.class.getClassLoader()), Integer.MAX_VALUE, 0, IDLE);

    /** The secret and the project's digest that was made from it. */
    private volatile Map.Entry<String, String> project = Map.entry("", "");

    /** Opens nothing yet; for calls of one guard's {@code max-concurrent} at once. */
    public HttpUpstream(Target target, GuardSettings settings, StrictJson json, JsonWriter writer) {
        this(target, settings, json, writer, SystemDefaultDnsResolver.INSTANCE);
    }

    HttpUpstream(Target target, GuardSettings settings, StrictJson json, JsonWriter writer, DnsResolver names) {
        this.target = target;
        this.secret = settings.secret();
        this.json = json;
        this.writer = writer;
        this.calls = new CallExecutor(
                target, settings.timeout(), settings.connectTimeout(), settings.maxConcurrent(), names);
        // Reading the trust store alone takes longer than all else that happens at start.
        async.tryRun(this::warmUp);
    }

    /** Makes room for more calls at once. */
    public void grow(int more) {
        calls.grow(more);
    }

    /** Loads classes and the trust store, so that the first visitor does not wait for them. Contacts nobody. */
    private void warmUp() {
        calls.warmUp();
        byte[] sample = body(secret.latest(), "token").getBytes(StandardCharsets.UTF_8);
        read(new CallExecutor.Reply(200, null, sample), "", 0);
        writer.write(Map.of());
    }

    @Override
    public CallResult call(String token) {
        long began = System.nanoTime();
        String current = secret.current();
        CallExecutor.Reply reply;
        try {
            reply = calls.execute(target.path(), body(current, token), MAX_RESPONSE_BYTES);
        } catch (CallException e) {
            return CallResult.failure(e.reason, String.valueOf(e.getMessage()), e.sent, since(began));
        }
        CallResult result = read(reply, current, began);
        if (result.facts().getReason() == Reason.BAD_SECRET) {
            secret.suspect();
        }
        return result;
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static String body(String current, String token) {
        return JsonWriter.writeStrings("secret", current, "token", token);
    }

    /** Reads a reply strictly (contract, section 1), and masks an echo of the secret, which logs and pages would show. */
    private CallResult read(CallExecutor.Reply reply, String current, long began) {
        int status = reply.status();
        UnaryOperator<String> mask =
                text -> current.length() < MIN_MASKED_LENGTH ? text : text.replace(current, "[secret]");
        Map<String, @Nullable Object> root = Map.of();
        try {
            if (reply.body() != null && status / 100 != 3) {
                root = json.readObject(reply.body(), StandardCharsets.UTF_8, MAX_DEPTH, mask);
            }
        } catch (JsonReadException e) {
            // Not an answer; the status alone decides.
        }
        Duration retryAfter = status == 429 ? reply.retryAfter() : null;
        return CallResult.reply(status, root, retryAfter, locationHost(reply, mask), since(began));
    }

    /** Returns the host in the Location header, for the log; null if there is none. */
    private static @Nullable String locationHost(CallExecutor.Reply reply, UnaryOperator<String> mask) {
        String location = reply.header(HttpHeaders.LOCATION);
        try {
            // A name with an underscore is an authority, but no host, for URI.
            String authority = location.isEmpty() ? null : URI.create(location).getRawAuthority();
            return authority == null ? null : mask.apply(authority.replaceAll(".*@|:[0-9]*$", ""));
        } catch (IllegalArgumentException e) {
            return "unreadable";
        }
    }

    @Override
    public void execute(Runnable work) {
        if (isClosed() || !async.tryRun(work)) {
            throw new IllegalStateException("the verifier is closed");
        }
    }

    @Override
    public String project() {
        String current = secret.latest();
        Map.Entry<String, String> known = project;
        if (!known.getKey().equals(current)) {
            known = Map.entry(current, Sha256.hex(target.route().getTargetHost() + target.path(), current));
            project = known;
        }
        return known.getValue();
    }

    @Override
    public boolean isClosed() {
        return calls.isClosed();
    }

    /** Ends every call and accepts no more, without waiting; {@link #close} does the rest. */
    public void stop() {
        calls.stop();
    }

    /**
     * Ends every call, closes every connection and joins every thread. Callbacks have a second to return, then they are
     * interrupted; threads that are still alive after five seconds are left behind with a WARN.
     */
    @Override
    public void close() {
        calls.close();
        async.stop();
        if (async.awaitEnd(GRACE) > 0) {
            async.stopNow();
            int stuck = async.awaitEnd(PATIENCE);
            if (stuck > 0) {
                LOG.warn("{} threads are stuck in callbacks of asynchronous verifications", stuck);
            }
        }
    }
}
