package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.ProxySetting;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.TaskClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Polls over HTTP (contract, section 7): {@code GET {poll-url}?key=…&action=get&id=…&json=1}, one attempt within one hard
 * deadline, over connections that are kept and checked as those to Playtcha are. Thread-safe.
 *
 * <p>The protocol requires the key in the URL. No log line and no error text shows it, even if the service repeats it.
 */
public final class HttpTaskClient implements TaskClient, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Target target;
    private final PollCodec codec;
    private final CallExecutor calls;

    /**
     * Opens nothing yet. Asks the platform for its proxy now, if the setting leaves it to the platform.
     *
     * @param pollUrl as the settings have checked it
     * @param key read for each poll; null for a service without keys
     * @param timeout the deadline of one poll
     * @param capacity polls at once
     */
    public HttpTaskClient(
            URI pollUrl,
            @Nullable SecretSource key,
            ProxySetting proxy,
            Duration timeout,
            int capacity,
            StrictJson json) {
        this(pollUrl, key, proxy, timeout, capacity, json, SystemDefaultDnsResolver.INSTANCE);
    }

    HttpTaskClient(
            URI pollUrl,
            @Nullable SecretSource key,
            ProxySetting proxy,
            Duration timeout,
            int capacity,
            StrictJson json,
            DnsResolver names) {
        // A request line holds only ASCII.
        URI url = URI.create(pollUrl.toASCIIString());
        this.target = Target.of(url, proxy);
        this.codec = new PollCodec(json, key, target.path(), url.getRawQuery());
        // Half of the timeout, so that an address that does not answer is reported as such.
        this.calls = new CallExecutor(target, timeout, timeout.dividedBy(2), capacity, names);
        calls.warmUp();
    }

    /**
     * Polls once. An id that UTF-8 cannot express ends as {@code Permanent} without a call, because it would be sent as
     * the id of another task.
     */
    @Override
    public Poll poll(String id) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
            return new Poll.Permanent("the id is not valid Unicode and cannot be polled");
        }
        PollCodec.PollCall call = codec.poll(id);
        return call.result(calls.execute(call));
    }

    /** Ends every poll and accepts no more, without waiting; {@link #close} does the rest. */
    public void stop() {
        calls.stop();
    }

    /**
     * Ends every poll, closes every connection and joins every thread; threads that are stuck for more than five seconds
     * are left behind with a WARN. Later polls are {@code Trouble}.
     */
    @Override
    public void close() {
        calls.close(Deadline.in(PATIENCE));
    }

    /** Names the host, but neither the key nor the rest of the URL. */
    @Override
    public String toString() {
        return "HttpTaskClient[" + target.host() + "]";
    }
}
