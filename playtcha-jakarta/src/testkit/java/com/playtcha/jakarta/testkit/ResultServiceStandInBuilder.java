package com.playtcha.jakarta.testkit;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sets up a {@link ResultServiceStandIn}. For one thread.
 *
 * @since 0.1
 */
public final class ResultServiceStandInBuilder {
    int port;

    @Nullable
    String pollKey = "test-poll-key";

    @Nullable
    URI callbackUrl;

    @Nullable
    String callbackKey;

    boolean keyInHeader;
    boolean get;
    boolean manualClock;
    Duration callbackTimeout = Duration.ofSeconds(5);

    @Nullable
    SSLContext tls;

    Clock clock = Clock.systemUTC();

    ResultServiceStandInBuilder() {}

    /**
     * Sets the port of 127.0.0.1 to listen on.
     *
     * @param port 0, the default, takes any free one
     * @return this
     */
    public ResultServiceStandInBuilder port(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        this.port = port;
        return this;
    }

    /**
     * Sets the key that polls must carry.
     *
     * @param key {@code test-poll-key} by default; null asks for none
     * @return this
     */
    public ResultServiceStandInBuilder pollKey(@Nullable String key) {
        this.pollKey = key;
        return this;
    }

    /**
     * Where to call back; may be set later by {@link ResultServiceStandIn#callBackTo}.
     *
     * @param url {@code http://}, perhaps with a query
     * @return this
     */
    public ResultServiceStandInBuilder callbackUrl(URI url) {
        this.callbackUrl = CallbackSender.checked(url);
        return this;
    }

    /**
     * The key that callbacks carry as the parameter {@code key}.
     *
     * @param key null, the default, for none
     * @return this
     */
    public ResultServiceStandInBuilder callbackKey(@Nullable String key) {
        this.callbackKey = key;
        return this;
    }

    /**
     * Sends the key as the header {@code X-Callback-Key} instead.
     *
     * @return this
     */
    public ResultServiceStandInBuilder callbackKeyInHeader() {
        this.keyInHeader = true;
        return this;
    }

    /**
     * Calls back with GET, all parameters in the URL, instead of with a form by POST.
     *
     * @return this
     */
    public ResultServiceStandInBuilder callbackByGet() {
        this.get = true;
        return this;
    }

    /**
     * Sets how long a callback may take, connecting and the answer included.
     *
     * @param timeout positive; 5 s by default
     * @return this
     */
    public ResultServiceStandInBuilder callbackTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("not positive: " + timeout);
        }
        this.callbackTimeout = timeout;
        return this;
    }

    /**
     * Sends scheduled callbacks only when {@link ResultServiceStandIn#advance} moves its time, on the thread that does.
     *
     * @return this
     */
    public ResultServiceStandInBuilder manualClock() {
        this.manualClock = true;
        return this;
    }

    /**
     * Serves polls over HTTPS.
     *
     * @param context initialised with a key for 127.0.0.1
     * @return this
     */
    public ResultServiceStandInBuilder sslContext(SSLContext context) {
        this.tls = Objects.requireNonNull(context, "context");
        return this;
    }

    /**
     * Sets the clock of the Date header, the ids and the times of polls and callbacks. Delays are in real time.
     *
     * @param clock the system's by default
     * @return this
     */
    public ResultServiceStandInBuilder clock(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Starts the stand-in.
     *
     * @return a running stand-in
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public ResultServiceStandIn start() {
        return new ResultServiceStandIn(this);
    }
}
