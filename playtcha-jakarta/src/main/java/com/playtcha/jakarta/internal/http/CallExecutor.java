package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import java.io.IOException;
import java.math.BigInteger;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.VersionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls to one target on the caller's thread, over pooled connections and within one hard deadline. Works below
 * HttpClient's execution chain, which retries, follows redirects, keeps cookies and decodes bodies. Thread-safe.
 */
final class CallExecutor {
    static final String USER_AGENT = "playtcha-jakarta/" + version();

    private static final Logger LOG = LoggerFactory.getLogger(CallExecutor.class);
    private static final BigInteger MAX_SECONDS = BigInteger.valueOf(Integer.MAX_VALUE);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Only read. */
    private static final HttpClientContext DEFAULTS = HttpClientContext.create();

    private final Target target;
    private final String headers;
    private final Duration timeout;
    private final Connector connector;
    private final ConnectionPool pool;

    /**
     * A final status; the head if all of it has arrived; and the body, null if it was cut off, too large or encoded, so
     * that it cannot be an answer.
     */
    record Reply(int status, @Nullable HttpResponse head, byte @Nullable [] body) {
        boolean isSuccess() {
            return status >= 200 && status <= 299;
        }

        /** Returns the trimmed value of a header's first field; "" if there is none. */
        String header(String name) {
            Header header = head == null ? null : head.getFirstHeader(name);
            return header == null || header.getValue() == null
                    ? ""
                    : header.getValue().trim();
        }

        /**
         * Returns the wait that {@code Retry-After} asks for (RFC 9110, section 10.2.3), rounded up to whole seconds; one
         * second at least, and if the header is absent or unreadable. A date is relative to the response's own
         * {@code Date}, because the two clocks may differ.
         */
        Duration retryAfter() {
            String value = header(HttpHeaders.RETRY_AFTER);
            if (value.matches("[0-9]+")) {
                // Any longer time is capped by the caller in the same way.
                BigInteger seconds = new BigInteger(value).min(MAX_SECONDS).max(BigInteger.ONE);
                return Duration.ofSeconds(seconds.longValue());
            }
            Instant until = DateUtils.parseStandardDate(value);
            Instant date = DateUtils.parseStandardDate(header(HttpHeaders.DATE));
            Instant now = date == null ? Instant.now() : date;
            long wait = until == null ? 1 : now.until(until.plusNanos(999_999_999), ChronoUnit.SECONDS);
            return Duration.ofSeconds(Math.max(1, wait));
        }
    }

    /**
     * Opens nothing yet.
     *
     * @param connectTimeout at most {@code timeout}
     * @param capacity calls at once
     */
    CallExecutor(Target target, Duration timeout, Duration connectTimeout, int capacity, DnsResolver names) {
        this.target = target;
        this.headers = target.headers();
        this.timeout = timeout;
        this.connector = new Connector(target, connectTimeout, names);
        this.pool = new ConnectionPool(timeout, capacity);
    }

    /** Makes room for more calls at once. */
    void grow(int more) {
        pool.grow(more);
    }

    /** Loads what the first call needs, so that no visitor waits for it. Contacts nobody. */
    void warmUp() {
        connector.warmUp();
        byte[] sample = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII);
        try (SocketChannel channel = SocketChannel.open()) {
            UpstreamConnection connection = UpstreamConnection.sample(channel, sample);
            ClassicHttpResponse response = connection.exchange(request("/", "{}"));
            connection.readBody(response, sample.length);
            keepAlive(response);
        } catch (IOException | HttpException | RuntimeException e) {
            // A call that fails for the same reason reports it.
            LOG.debug("The warm-up failed", e);
        }
    }

    /**
     * Makes the call once.
     *
     * @param path with the query, percent-encoded
     * @param body JSON for a POST; null for a GET
     * @param maxBytes a response body beyond this size is not read
     * @throws CallException for whatever the network or the service does
     */
    Reply execute(String path, @Nullable String body, int maxBytes) throws CallException {
        if (Thread.currentThread().isInterrupted()) {
            throw new CallException(Reason.INTERRUPTED, "interrupted before the call", false);
        }
        byte[] request = request(path, body);
        RunningCall call = new RunningCall(timeout);
        TimeValue keepAlive = null;
        ClassicHttpResponse head = null;
        try {
            UpstreamConnection idle = pool.lease(call);
            UpstreamConnection connection = idle == null ? connector.open(call) : idle;
            call.connection = connection;
            call.attach(connection.channel);
            head = connection.exchange(request);
            if (isFromProxy(head.getCode())) {
                throw CallException.proxyRefused(head.getCode());
            }
            byte[] content = connection.readBody(head, maxBytes);
            keepAlive = content == null ? null : keepAlive(head);
            return new Reply(head.getCode(), head, content);
        } catch (Exception e) {
            return failed(call, head, e);
        } finally {
            pool.release(call, keepAlive);
        }
    }

    private byte[] request(String path, @Nullable String body) {
        String line = target.requestTarget(path) + " HTTP/1.1\r\n" + headers;
        String request = body == null
                ? "GET " + line + "\r\n"
                : "POST " + line + "Content-Type: application/json\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
        return request.getBytes(StandardCharsets.UTF_8);
    }

    private boolean isFromProxy(int status) {
        return status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED && target.isProxied();
    }

    /** Returns how long the server keeps the connection; null if it closes it. */
    private static @Nullable TimeValue keepAlive(HttpResponse response) {
        TimeValue offered = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, DEFAULTS);
        boolean keeps = TimeValue.isPositive(offered)
                && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, response, DEFAULTS);
        return keeps ? offered : null;
    }

    /**
     * Returns a reply without its body if its status is not 2xx: the status alone decides (contract, section 2), but a 2xx
     * without its body says nothing.
     */
    private Reply failed(RunningCall call, @Nullable HttpResponse head, Exception e) throws CallException {
        UpstreamConnection used = call.connection;
        boolean sent = used != null;
        RunningCall.End end = call.ended();
        if (end == RunningCall.End.CLOSED) {
            // Not an outage, which would let the visitor in.
            throw new CallException(Reason.INTERRUPTED, "closed", sent);
        }
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new CallException(Reason.INTERRUPTED, "interrupted during the call", sent);
        }
        int status = used == null ? 0 : used.statusReceived();
        if (status != 0 && !isFromProxy(status)) {
            Reply reply = new Reply(status, head, null);
            if (!reply.isSuccess()) {
                return reply;
            }
        } else if (end == null && used != null && used.isReused()) {
            pool.distrust();
        }
        if (end == RunningCall.End.TIMEOUT || e instanceof TimeoutException || call.nanosLeft() <= 0) {
            throw new CallException(Reason.TIMEOUT, "no complete response in time", sent);
        }
        throw new CallException(reason(e), detail(e), sent);
    }

    /** HttpClient's messages quote the response, which may repeat the secret: only their class is shown. */
    private static String detail(Exception e) {
        boolean quotes = e.getClass().getName().startsWith("org.apache.hc.");
        return quotes ? e.getClass().getSimpleName() : e.toString();
    }

    private static Reason reason(Exception e) {
        if (e instanceof CallException known) {
            return known.reason;
        }
        if (e instanceof UnknownHostException) {
            return Reason.DNS;
        }
        return e instanceof SSLException ? Reason.TLS : Reason.IO;
    }

    boolean isClosed() {
        return pool.isClosed();
    }

    /** Ends all calls and accepts no more. Returns at once. */
    void stop() {
        pool.stop();
        connector.stop();
    }

    /** Ends all calls, connections and threads; threads that are stuck after five seconds are left behind with a WARN. */
    void close() {
        stop();
        pool.awaitEnd(PATIENCE);
        if (connector.awaitEnd(PATIENCE) > 0) {
            LOG.warn("A thread is stuck in a name look-up and cannot be ended");
        }
    }

    private static String version() {
        VersionInfo info = VersionInfo.loadVersionInfo("com.playtcha.jakarta", CallExecutor.class.getClassLoader());
        return info == null ? "unknown" : info.getRelease();
    }
}
