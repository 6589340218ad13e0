package com.playtcha.jakarta.testkit;

import java.time.Clock;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sets up a {@link PlaytchaStandIn}. For one thread.
 *
 * @since 0.1
 */
public final class PlaytchaStandInBuilder {
    int port;
    String secret = "test-secret";
    String pathPrefix = "";

    @Nullable
    SSLContext tls;

    Clock clock = Clock.systemUTC();

    PlaytchaStandInBuilder() {}

    /**
     * Sets the port of 127.0.0.1 to listen on.
     *
     * @param port 0, the default, takes any free one
     * @return this
     */
    public PlaytchaStandInBuilder port(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        this.port = port;
        return this;
    }

    /**
     * Sets the secret to accept.
     *
     * @param secret {@code test-secret} by default
     * @return this
     */
    public PlaytchaStandInBuilder secret(String secret) {
        this.secret = Objects.requireNonNull(secret, "secret");
        return this;
    }

    /**
     * Puts the service below a path, as a gateway might.
     *
     * @param prefix such as {@code /gateway/playtcha}: begins with a slash and does not end in one; empty by default
     * @return this
     */
    public PlaytchaStandInBuilder pathPrefix(String prefix) {
        if (!prefix.matches("(/[A-Za-z0-9._~-]+)*")) {
            throw new IllegalArgumentException("not a path prefix: " + prefix);
        }
        this.pathPrefix = prefix;
        return this;
    }

    /**
     * Serves HTTPS.
     *
     * @param context initialised with a key for 127.0.0.1
     * @return this
     */
    public PlaytchaStandInBuilder sslContext(SSLContext context) {
        this.tls = Objects.requireNonNull(context, "context");
        return this;
    }

    /**
     * What Date and {@link ReceivedRequest#when()} are read from; delays are not.
     *
     * @param clock the system's by default
     * @return this
     */
    public PlaytchaStandInBuilder clock(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Starts the stand-in.
     *
     * @return a running stand-in
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public PlaytchaStandIn start() {
        return new PlaytchaStandIn(this);
    }
}
