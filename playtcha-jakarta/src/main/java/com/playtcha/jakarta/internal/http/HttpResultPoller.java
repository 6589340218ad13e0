package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.ProxySetting;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.TaskClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Polls over HTTP (contract, section 7): {@code GET {poll-url}?key=…&action=get&id=…&json=1}, once a call, within one
 * hard deadline, over connections that are kept and checked as those to Playtcha are. Thread-safe.
 *
 * <table>
 * <caption>What an answer means</caption>
 * <tr><td>2xx {@code {"status":1,"request":"<result>"}}</td><td>{@code Ready}</td></tr>
 * <tr><td>2xx {@code {"status":0,"request":"CAPCHA_NOT_READY"}}</td><td>{@code NotReady}</td></tr>
 * <tr><td>2xx {@code {"status":0,"request":"<error>"}}</td><td>{@code Permanent}</td></tr>
 * <tr><td>anything else</td><td>{@code Trouble}: it says nothing about the task</td></tr>
 * </table>
 *
 * <p>{@code status} is a JSON number and {@code request} a JSON string that is not empty, of at most 64 KiB in UTF-8;
 * other members are ignored. {@code Retry-After} is heeded on 429 and on every other answer that is not 2xx.
 *
 * <p>The key is in the URL, as the wire demands, and nowhere else: no log at any level shows it, and no text that comes
 * out of here, although the service should repeat it in an error.
 */
public final class HttpResultPoller implements TaskClient, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Target target;
    private final @Nullable SecretSource key;
    private final PollWire wire;
    private final Calls calls;

    /**
     * Opens nothing yet; asks the platform for its proxy now, where the setting leaves it to it.
     *
     * @param pollUrl http or https, with a host, perhaps with a query, without user information
     * @param key the service's key, looked at for each poll; null where the service wants none
     * @param proxy the way there
     * @param timeout the deadline of one poll, over everything
     * @param most polls at once that are waited for
     * @param json reads answers
     * @throws IllegalArgumentException for another kind of URL, which is not quoted
     */
    public HttpResultPoller(
            URI pollUrl, @Nullable SecretSource key, ProxySetting proxy, Duration timeout, int most, StrictJson json) {
        this(pollUrl, key, proxy, timeout, most, json, SystemDefaultDnsResolver.INSTANCE);
    }

    HttpResultPoller(
            URI pollUrl,
            @Nullable SecretSource key,
            ProxySetting proxy,
            Duration timeout,
            int most,
            StrictJson json,
            DnsResolver names) {
        URI url = checked(pollUrl);
        this.target = Target.of(url, proxy);
        this.key = key;
        this.wire = new PollWire(json, Clock.systemUTC(), target.path(), url.getRawQuery());
        // Half of it, so that an address that does not answer leaves time to say so.
        this.calls = new Calls("poll", target, timeout, timeout.dividedBy(2), most, names);
        calls.warmUp();
    }

    private static URI checked(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("a poll URL begins with http:// or https://");
        }
        if (url.getHost() == null || url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("a poll URL has a host and no user information");
        }
        // What stands in it beyond ASCII is encoded now: a request line holds nothing else.
        return URI.create(url.toASCIIString());
    }

    /**
     * Asks once. Throws for a bug of our own only.
     *
     * @param id any text that UTF-8 can express; another one ends as {@code Permanent}, unasked, since it would be sent
     *     as the id of another task
     */
    @Override
    public Poll poll(String id) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
            return new Poll.Permanent("the id is not valid Unicode, so that it cannot be asked for");
        }
        AtomicReference<@Nullable Poll> said = new AtomicReference<>();
        UpstreamResponse answer = calls.ask(() -> wire.poll(key, id, said::set));
        return PollWire.meaning(answer, said.get());
    }

    /** Gives up every poll and takes no more, without waiting for anything; {@link #close} does the rest. */
    public void stop() {
        calls.stop();
    }

    /**
     * Gives up every poll, closes every connection and ends every thread before it returns; threads that cannot be
     * interrupted are left behind after some seconds, with a WARN. Polls from now on are {@code Trouble}.
     */
    @Override
    public void close() {
        calls.close(Deadline.in(PATIENCE));
    }

    /** Names the host; neither the key nor the rest of the URL. */
    @Override
    public String toString() {
        return "HttpResultPoller[" + target.host() + "]";
    }
}
