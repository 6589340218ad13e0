package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.Upstream;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.internal.util.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls Playtcha over HTTP, on the caller's thread or on a thread of its own. Its design and the measurements behind it
 * are described in {@code docs/transport.md}. Thread-safe.
 */
public final class HttpUpstream implements Upstream, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpUpstream.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Target target;
    private final SecretSource secret;
    private final VerifyCodec codec;
    private final CallExecutor calls;
    /** Unbounded: the guards' permits bound the calls, and a callback may block its thread for any time. */
    private final WorkerPool async =
            new WorkerPool(new DaemonThreads("async", HttpUpstream.class.getClassLoader()), Integer.MAX_VALUE, 0, IDLE);

    private volatile Project project;

    /** The project's digest and the secret it was made from. Not a record, whose toString would show the secret. */
    private static final class Project {
        final String secret;
        final String digest;

        Project(String secret, Target target) {
            this.secret = secret;
            this.digest = Sha256.hex(target.route().getTargetHost() + target.path(), secret);
        }
    }

    /** Opens nothing yet; for calls of one guard's {@code max-concurrent} at once. */
    public HttpUpstream(Target target, GuardSettings settings, StrictJson json, JsonWriter writer) {
        this(target, settings, json, writer, SystemDefaultDnsResolver.INSTANCE);
    }

    HttpUpstream(Target target, GuardSettings settings, StrictJson json, JsonWriter writer, DnsResolver names) {
        this.target = target;
        this.secret = settings.secret();
        this.codec = new VerifyCodec(json, writer, secret, target.path());
        this.calls = new CallExecutor(
                target, settings.timeout(), settings.connectTimeout(), settings.maxConcurrent(), names);
        this.project = new Project(secret.latest(), target);
        // Reading the trust store alone takes longer than all else that happens at start.
        async.tryRun(() -> warmUp(writer));
    }

    /** Makes room for more calls at once. */
    public void grow(int more) {
        calls.grow(more);
    }

    /** Loads classes and the trust store, so that the first visitor does not wait for them. Contacts nobody. */
    private void warmUp(JsonWriter writer) {
        try {
            calls.warmUp();
            ApiCall sample = codec.verify("token");
            sample.parseBody(
                    UpstreamResponse.HttpReply.ofHead(401, null, null),
                    "{\"error\":{}}".getBytes(StandardCharsets.UTF_8));
            sample.body();
            writer.write(Map.of());
        } catch (RuntimeException e) {
            // A call that fails for the same reason reports it.
            LOG.debug("The warm-up failed", e);
        }
    }

    @Override
    public UpstreamResponse call(String token) {
        return calls.execute(codec.verify(token));
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
        Project known = project;
        if (!known.secret.equals(current)) {
            known = new Project(current, target);
            project = known;
        }
        return known.digest;
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
        Deadline grace = Deadline.in(GRACE);
        Deadline patience = Deadline.in(PATIENCE);
        calls.close(patience);
        async.stop();
        if (async.awaitEndUninterruptibly(grace.left()) > 0) {
            async.stopNow();
            int stuck = async.awaitEndUninterruptibly(patience.left());
            if (stuck > 0) {
                LOG.warn("{} threads are stuck in callbacks of asynchronous verifications", stuck);
            }
        }
    }
}
