package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Project;
import com.playtcha.jakarta.internal.gate.Upstream;
import com.playtcha.jakarta.internal.gate.UpstreamResult;
import com.playtcha.jakarta.internal.gate.UpstreamResult.Answer;
import com.playtcha.jakarta.internal.gate.UpstreamResult.Failure;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.internal.util.Redaction;
import com.playtcha.jakarta.internal.util.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
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
    private static final Duration CALLBACK_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(4);

    private static final int MAX_RESPONSE_BYTES = 64 * 1024;
    private static final int MAX_DEPTH = 32;
    /** Names and values of the protocol, which are no echo of a secret that reads like one of them. */
    private static final Set<String> PROTOCOL = Set.of("success", "degraded", "error", "code", "message", "request_id");

    private final Target target;
    private final SecretSource secret;
    private final StrictJson json;
    private final JsonWriter writer;
    private final HttpTransport transport;
    /** Unbounded: the guards' permits bound the calls, and a callback may block its thread for any time. */
    private final WorkerPool async =
            new WorkerPool(new DaemonThreads("async", HttpUpstream.class.getClassLoader()), Integer.MAX_VALUE, 0, IDLE);

    /** The digest of base URL and source of the secret. */
    private final String source;

    /** The last secret, and the project that was made from it. */
    private volatile Map.Entry<String, Project> project;

    /** Opens nothing yet; for calls of one guard's {@code max-concurrent} at once. */
    public HttpUpstream(Target target, GuardSettings settings, StrictJson json, JsonWriter writer) {
        this(target, settings, settings.secret(), json, writer, SystemDefaultDnsResolver.INSTANCE);
    }

    HttpUpstream(
            Target target,
            GuardSettings settings,
            SecretSource secret,
            StrictJson json,
            JsonWriter writer,
            DnsResolver names) {
        this.target = target;
        this.secret = secret;
        this.json = json;
        this.writer = writer;
        this.source = digest(secret.identity());
        this.project = Map.entry("", new Project("", source));
        this.transport = new HttpTransport(
                target,
                settings.get(Setting.TIMEOUT),
                settings.get(Setting.CONNECT_TIMEOUT),
                settings.get(Setting.MAX_CONCURRENT),
                names,
                secret);
        // Reading the trust store alone takes longer than all else that happens at start.
        async.tryExecute(this::warmUp);
    }

    /** Makes room for more calls at once. */
    public void grow(int more) {
        transport.grow(more);
    }

    /** Loads classes and the trust store, so that the first visitor does not wait for them. Contacts nobody. */
    private void warmUp() {
        transport.warmUp();
        byte[] sample = body(secret.latest(), "token").getBytes(StandardCharsets.UTF_8);
        read(new RawResponse(200, null, sample), "secret", 0);
        writer.write(Map.of());
    }

    @Override
    public UpstreamResult call(String token) {
        long began = System.nanoTime();
        RunningCall running = transport.begin();
        String current = transport.currentSecret(running);
        try {
            RawResponse response = transport.execute(running, target.path(), body(current, token), MAX_RESPONSE_BYTES);
            Answer result = read(response, current, began);
            if (result.reason() == Reason.BAD_SECRET) {
                secret.invalidate();
            }
            return result;
        } catch (CallException e) {
            return new Failure(e.reason, String.valueOf(e.getMessage()), e.sent, since(began), project(current));
        } catch (OutOfMemoryError e) {
            // Outside of the exchange, probably in reading its response.
            return new Failure(Reason.LOCAL_RESOURCES, e.toString(), true, since(began), project(current));
        }
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static String body(String current, String token) {
        return JsonWriter.writeStrings("secret", current, "token", token);
    }

    /** Reads a response strictly (contract, section 1), and masks an echo of the secret, which logs and pages would show. */
    Answer read(RawResponse response, String current, long began) {
        int status = response.status();
        UnaryOperator<String> mask = text -> PROTOCOL.contains(text) ? text : Redaction.mask(text, current, "[secret]");
        Map<String, @Nullable Object> root = Map.of();
        try {
            if (response.body() != null && status / 100 != 3) {
                root = json.readObject(response.body(), StandardCharsets.UTF_8, MAX_DEPTH, mask);
            }
        } catch (JsonReadException e) {
            // Not an answer; the status alone decides.
        }
        Duration retryAfter = status == 429 ? response.retryAfter() : null;
        return Answer.of(status, root, retryAfter, locationHost(response, mask), since(began), project(current));
    }

    /** Returns the host in the Location header, for the log; null if there is none. */
    private static @Nullable String locationHost(RawResponse response, UnaryOperator<String> mask) {
        String location = response.header(HttpHeaders.LOCATION);
        try {
            // A name with an underscore is an authority, but no host, for URI.
            String authority = location.isEmpty() ? null : URI.create(location).getRawAuthority();
            if (authority == null) {
                return null;
            }
            // A pattern that looks for the @ from each place would take seconds for a long one.
            String host = authority.substring(authority.lastIndexOf('@') + 1);
            return mask.apply(host.replaceFirst(":[0-9]*$", ""));
        } catch (IllegalArgumentException e) {
            return "unreadable";
        }
    }

    @Override
    public void execute(Runnable work) {
        if (isClosed() || !async.tryExecute(work)) {
            throw new IllegalStateException("the verifier is closed");
        }
    }

    @Override
    public Project project() {
        return project(secret.latest());
    }

    private Project project(String current) {
        Map.Entry<String, Project> cached = project;
        if (!cached.getKey().equals(current)) {
            cached = Map.entry(current, new Project(digest(current), source));
            project = cached;
        }
        return cached.getValue();
    }

    private String digest(String ofSecret) {
        return Sha256.hex(target.route().getTargetHost() + target.path(), ofSecret);
    }

    @Override
    public boolean isClosed() {
        return transport.isClosed();
    }

    /** Ends every call and accepts no more, without waiting; {@link #close} does the rest. */
    public void stop() {
        transport.stop();
    }

    /**
     * Ends every call, closes every connection and joins every thread. Callbacks have a second to return, then they are
     * interrupted; threads that are still alive after five seconds are left behind with a WARN.
     */
    @Override
    public void close() {
        transport.close();
        async.stop();
        if (async.awaitEnd(CALLBACK_TIMEOUT) > 0) {
            async.stopNow();
            int stuck = async.awaitEnd(CLOSE_TIMEOUT);
            if (stuck > 0) {
                LOG.warn("{} threads are stuck in callbacks of asynchronous verifications", stuck);
            }
        }
    }
}
