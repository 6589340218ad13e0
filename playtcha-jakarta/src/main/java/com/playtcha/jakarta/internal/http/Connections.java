package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.time.Duration;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The pool of connections to one target. */
final class Connections {
    /** Firewalls and balancers forget idle connections without a word; few do so within this time. */
    private static final TimeValue MAX_IDLE = TimeValue.ofSeconds(30);
    /** A name may come to mean another address. */
    private static final TimeValue MAX_AGE = TimeValue.ofMinutes(5);

    /**
     * How long connections are not reused after the server closed one, or sent surplus bytes, right behind an answer: it
     * may do so every time, and a little later than is waited for.
     */
    private static final Duration DISTRUST = Duration.ofSeconds(10);

    private static final int MAX_HEADERS = 100;
    private static final int MAX_LINE = 16 * 1024;

    private final Target target;
    private final Connector connector;
    private final PoolingHttpClientConnectionManager pool;
    private volatile @Nullable Deadline distrusted;

    Connections(Target target, Connector connector, int max) {
        this.target = target;
        this.connector = connector;
        Http1Config http = Http1Config.custom()
                .setMaxHeaderCount(MAX_HEADERS)
                .setMaxLineLength(MAX_LINE)
                .setMaxEmptyLineCount(10)
                .build();
        this.pool = new PoolingHttpClientConnectionManager(
                connector, PoolConcurrencyPolicy.STRICT, PoolReusePolicy.LIFO, MAX_AGE, socket -> {
                    WireConnection connection = new WireConnection(http, this::distrust);
                    if (socket != null) {
                        connection.bind(socket);
                    }
                    return connection;
                });
        setMax(max);
    }

    final void setMax(int max) {
        pool.setMaxTotal(max);
        pool.setDefaultMaxPerRoute(max);
    }

    /** Reads the platform's trust, where it will be needed. */
    void warmUp() {
        if (target.route().isSecure()) {
            connector.tls();
        }
    }

    LeaseRequest lease(Deadline deadline) {
        Timeout timeout = Timeout.ofNanoseconds(Math.max(1, deadline.nanosLeft()));
        return pool.lease("call", target.route(), timeout, null);
    }

    void connect(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
        pool.connect(endpoint, null, context);
    }

    /** TLS through the tunnel that the proxy opened. */
    void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
        pool.upgrade(endpoint, context);
    }

    /** Back into the pool; a closed endpoint is forgotten. */
    void release(ConnectionEndpoint endpoint, boolean keep, TimeValue keepAlive) {
        if (!keep) {
            endpoint.close(CloseMode.IMMEDIATE);
        }
        boolean asked = TimeValue.isPositive(keepAlive) && keepAlive.compareTo(MAX_IDLE) < 0;
        pool.release(endpoint, null, asked ? keepAlive : MAX_IDLE);
    }

    /** Notes that the server cannot be trusted to keep a connection as it left it. */
    void distrust() {
        distrusted = Deadline.in(DISTRUST);
    }

    /** Whether connections may be used again. */
    boolean areReusable() {
        Deadline until = distrusted;
        return until == null || until.nanosLeft() <= 0;
    }

    /** Connections that nobody uses. */
    int idle() {
        return pool.getTotalStats().getAvailable();
    }

    void closeIdle() {
        if (!pool.isClosed()) {
            pool.closeExpired();
            pool.closeIdle(TimeValue.ofSeconds(MAX_IDLE.toSeconds() / 2));
        }
    }

    void close() {
        pool.close(CloseMode.IMMEDIATE);
    }
}
