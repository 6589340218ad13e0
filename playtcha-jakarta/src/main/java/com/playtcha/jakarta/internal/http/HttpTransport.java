package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
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
final class HttpTransport {
    static final String USER_AGENT = "playtcha-jakarta/" + version();

    private static final Logger LOG = LoggerFactory.getLogger(HttpTransport.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    /** The server counts from when it sent its response, and a request must arrive before it closes the connection. */
    private static final long KEEP_ALIVE_MARGIN_MILLIS = 1000;

    /** Only read. */
    private static final HttpClientContext DEFAULTS = HttpClientContext.create();

    private final Target target;
    private final String headers;
    private final Duration timeout;
    private final Connector connector;
    private final ConnectionPool pool;
    private final CallWatchdog watchdog;
    private final @Nullable SecretReader secretReader;
    private final DaemonThreads threads = new DaemonThreads("transport", HttpTransport.class.getClassLoader());

    /**
     * Opens nothing yet.
     *
     * @param connectTimeout at most {@code timeout}
     * @param capacity calls at once
     * @param secret that the calls need; null if they need none
     */
    HttpTransport(
            Target target,
            Duration timeout,
            Duration connectTimeout,
            int capacity,
            DnsResolver names,
            @Nullable SecretSource secret) {
        this.target = target;
        this.headers = target.headers();
        this.timeout = timeout;
        this.connector = new Connector(target, connectTimeout, names, threads);
        this.pool = new ConnectionPool(capacity);
        this.watchdog = new CallWatchdog(timeout, pool, threads);
        this.secretReader = secret == null ? null : new SecretReader(secret, threads);
    }

    /** Makes room for more calls at once. */
    void grow(int more) {
        pool.grow(more);
    }

    /** Loads what the first call needs, so that no visitor waits for it. Contacts nobody. */
    void warmUp() {
        byte[] sample = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII);
        try (SocketChannel channel = SocketChannel.open()) {
            connector.warmUp();
            HeapState.isFull();
            UpstreamConnection connection = UpstreamConnection.sample(channel, sample);
            ClassicHttpResponse response = connection.exchange(request("/", "{}"));
            connection.readBody(response, sample.length);
            keepAlive(response);
        } catch (Exception | OutOfMemoryError e) {
            // A call that fails for the same reason reports it.
            LOG.debug("The warm-up failed", e);
        }
    }

    /** Starts the time of a call. */
    RunningCall begin() {
        return new RunningCall(timeout);
    }

    /** Returns the secret for a call, which waits for its file if it is due; "" if the calls need none. */
    String currentSecret(RunningCall call) {
        return secretReader == null ? "" : secretReader.current(call);
    }

    /**
     * Makes a call, once.
     *
     * @param path with the query, percent-encoded
     * @param body JSON for a POST; null for a GET
     * @param maxBytes a response body beyond this size is not read
     * @throws CallException for whatever the network or the service does, and if this machine has run out of resources. Any
     *     other exception is a bug in this library
     */
    RawResponse execute(RunningCall call, String path, @Nullable String body, int maxBytes) throws CallException {
        if (Thread.currentThread().isInterrupted()) {
            throw new CallException(Reason.INTERRUPTED, "interrupted before the call", false);
        }
        byte[] request = request(path, body);
        Duration keepAlive = null;
        ClassicHttpResponse head = null;
        try {
            watchdog.add(call);
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
            return new RawResponse(head.getCode(), head, content);
        } catch (IOException | HttpException | InterruptedException | TimeoutException | OutOfMemoryError e) {
            return failed(call, head, e);
        } finally {
            try {
                pool.release(call, keepAlive);
            } finally {
                watchdog.remove(call);
            }
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

    /** Within a tunnel, every response is Playtcha's. */
    private boolean isFromProxy(int status) {
        return status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED
                && target.isProxied()
                && !target.route().isTunnelled();
    }

    /** Returns how long the connection can be reused, which is less than the server keeps it; zero if it closes it. */
    static Duration keepAlive(HttpResponse response) {
        TimeValue offered = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, DEFAULTS);
        boolean keeps = TimeValue.isPositive(offered)
                && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, response, DEFAULTS);
        long millis = keeps ? offered.toMilliseconds() : 0;
        return Duration.ofMillis(millis - Math.min(KEEP_ALIVE_MARGIN_MILLIS, millis / 2));
    }

    /**
     * Returns a response without its body if its status is not 2xx: the status alone decides (contract, section 2), but a 2xx
     * without its body says nothing.
     */
    private RawResponse failed(RunningCall call, @Nullable HttpResponse head, Throwable e) throws CallException {
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
        Reason reason = reason(e);
        if (reason == Reason.LOCAL_RESOURCES) {
            throw new CallException(reason, detail(e), sent);
        }
        int status = used == null ? 0 : used.statusReceived();
        if (status != 0 && !isFromProxy(status)) {
            RawResponse response = new RawResponse(status, head, null);
            if (!response.isSuccess()) {
                return response;
            }
        } else if (end == null && used != null && used.isReused()) {
            pool.suspendReuse();
        }
        if (HeapState.isFull()) {
            throw new CallException(Reason.LOCAL_RESOURCES, "the heap is full, " + detail(e), sent);
        }
        if (end == RunningCall.End.TIMEOUT || e instanceof TimeoutException || call.nanosLeft() <= 0) {
            throw new CallException(Reason.TIMEOUT, "no complete response in time", sent);
        }
        throw new CallException(reason, detail(e), sent);
    }

    /** HttpClient's messages quote the response, which may repeat the secret: only their class is shown. */
    private static String detail(Throwable e) {
        if (e instanceof CallException own) {
            return String.valueOf(own.getMessage());
        }
        boolean quotes = e.getClass().getName().startsWith("org.apache.hc.");
        return quotes ? e.getClass().getSimpleName() : e.toString();
    }

    private static Reason reason(Throwable e) {
        // TLS wraps what fails under it.
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return Reason.LOCAL_RESOURCES;
            }
        }
        if (e instanceof CallException own) {
            return own.reason;
        }
        if (e instanceof UnknownHostException) {
            return Reason.DNS;
        }
        return e instanceof SSLException ? Reason.TLS : Reason.IO;
    }

    boolean isClosed() {
        return watchdog.isClosed();
    }

    /** Ends all calls and accepts no more. Returns at once. */
    void stop() {
        watchdog.stop();
        pool.stop();
        connector.stop();
        if (secretReader != null) {
            secretReader.stop();
        }
    }

    /** Ends all calls, connections and threads; threads that are stuck after five seconds are left behind with a WARN. */
    void close() {
        stop();
        int stuck = threads.awaitEnd(CLOSE_TIMEOUT);
        if (stuck > 0) {
            LOG.warn(
                    "{} threads are stuck in a name look-up, or in reading the trust store or a secret's file; they cannot be"
                            + " ended and keep the application in memory until they return",
                    stuck);
        }
    }

    private static String version() {
        VersionInfo info = VersionInfo.loadVersionInfo("com.playtcha.jakarta", HttpTransport.class.getClassLoader());
        return info == null ? "unknown" : info.getRelease();
    }
}
