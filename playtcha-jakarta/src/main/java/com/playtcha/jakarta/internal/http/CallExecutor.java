package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
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
    private static final HttpRequestExecutor HTTP = new HttpRequestExecutor();

    private final Target target;
    private final Duration timeout;
    private final Connector connector;
    private final ConnectionPool pool;
    private final DeadlineTimer timer;

    private volatile boolean closed;

    /**
     * Opens nothing yet.
     *
     * @param connectTimeout at most {@code timeout}
     * @param capacity calls at once
     */
    CallExecutor(Target target, Duration timeout, Duration connectTimeout, int capacity, DnsResolver names) {
        this.target = target;
        this.timeout = timeout;
        this.connector = new Connector(target, connectTimeout, names);
        this.pool = new ConnectionPool(capacity);
        this.timer = new DeadlineTimer(timeout, pool::closeExpired);
    }

    /** Makes room for more calls at once. */
    void grow(int more) {
        pool.grow(more);
    }

    void warmUp() {
        connector.warmUp();
    }

    /** Makes the call once. Throws only for a bug of the library, never for what the network or the service does. */
    UpstreamResponse execute(ApiCall call) {
        if (Thread.currentThread().isInterrupted()) {
            return new UpstreamResponse.CallFailure(Reason.INTERRUPTED, "interrupted before the call", false);
        }
        RunningCall running = new RunningCall(Deadline.in(timeout));
        try {
            timer.add(running);
            return new Attempt(running, call).run();
        } finally {
            timer.remove(running);
            // If the call did not complete, this closes what it left behind.
            running.end(RunningCall.End.COMPLETE);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends all calls and accepts no more. Returns at once. */
    void stop() {
        closed = true;
        timer.stop();
        connector.stop();
    }

    /** Ends all calls, connections and threads; threads that are stuck after the patience are left behind with a WARN. */
    void close(Deadline patience) {
        stop();
        pool.close();
        timer.close(patience);
        if (connector.awaitEnd(patience.left()) > 0) {
            LOG.warn("A thread is stuck in a name look-up and cannot be ended");
        }
    }

    /** One request and its response on the caller's thread. */
    private final class Attempt {
        private final RunningCall running;
        private final ApiCall call;
        private final HttpClientContext context = HttpClientContext.create();
        private boolean leased;
        private @Nullable UpstreamConnection connection;
        private @Nullable TimeValue keepAlive;
        private boolean sent;
        private UpstreamResponse.@Nullable HttpReply head;

        Attempt(RunningCall running, ApiCall call) {
            this.running = running;
            this.call = call;
        }

        UpstreamResponse run() {
            byte[] requestBody = call.body();
            byte[] body;
            UpstreamResponse.HttpReply reply;
            try {
                ClassicHttpResponse response;
                try {
                    response = send(request(requestBody));
                } catch (Exception e) {
                    return failed(e);
                }
                reply = call.head(response);
                head = reply;
                try {
                    body = read(response);
                } catch (Exception e) {
                    return failed(e);
                }
            } finally {
                release();
            }
            return call.parseBody(reply, body);
        }

        private ClassicHttpResponse send(ClassicHttpRequest request)
                throws IOException, HttpException, InterruptedException, ExecutionException, TimeoutException {
            UpstreamConnection usable = pool.lease(running);
            leased = true;
            if (usable == null) {
                usable = connector.open(running);
            }
            connection = usable;
            running.attach(usable.channel);
            sent = true;
            ClassicHttpResponse response = HTTP.execute(request, usable, context);
            if (isFromProxy(response.getCode())) {
                throw CallException.proxyRefused(response.getCode());
            }
            return response;
        }

        private boolean isFromProxy(int status) {
            return status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED && target.isProxied();
        }

        private ClassicHttpRequest request(byte @Nullable [] body) {
            Method method = body == null ? Method.GET : Method.POST;
            BasicClassicHttpRequest request = new BasicClassicHttpRequest(method, call.path());
            request.setHeader(HttpHeaders.HOST, target.authority());
            request.setHeader(HttpHeaders.USER_AGENT, USER_AGENT);
            request.setHeader(HttpHeaders.ACCEPT, "application/json");
            if (body != null) {
                request.setHeader(HttpHeaders.CONTENT_TYPE, "application/json");
                request.setHeader(HttpHeaders.CONTENT_LENGTH, body.length);
                request.setEntity(new ByteArrayEntity(body, null));
            }
            if (target.isProxied() && !target.route().isTunnelled()) {
                HttpHost host = target.route().getTargetHost();
                request.setScheme(host.getSchemeName());
                request.setAuthority(new URIAuthority(host));
                request.setAbsoluteRequestUri(true);
                target.authorizeProxy(request);
            }
            return request;
        }

        /** The complete body; null if it is too large or encoded, so that it cannot be an answer. */
        private byte @Nullable [] read(ClassicHttpResponse response) throws IOException {
            if (isEncoded(response)) {
                return null;
            }
            ByteArrayOutputStream body = new ByteArrayOutputStream(512);
            HttpEntity entity = response.getEntity();
            if (entity != null) {
                // Never closed early: closing would read the rest, which may be endless.
                InputStream content = entity.getContent();
                byte[] chunk = new byte[1024];
                int n;
                while ((n = content.read(chunk)) >= 0) {
                    body.write(chunk, 0, n);
                    if (body.size() > call.maxBytes()) {
                        return null;
                    }
                }
            }
            TimeValue offered = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
            if (TimeValue.isPositive(offered)
                    && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, response, context)) {
                keepAlive = offered;
            }
            return body.toByteArray();
        }

        /** A body that was encoded unasked is not decoded: a small one can expand without limit. */
        private boolean isEncoded(ClassicHttpResponse response) {
            for (Header header : response.getHeaders(HttpHeaders.CONTENT_ENCODING)) {
                if (!header.getValue().trim().equalsIgnoreCase("identity")) {
                    return true;
                }
            }
            return false;
        }

        private UpstreamResponse failed(Exception e) {
            RunningCall.End end = running.ended();
            if (end == RunningCall.End.CLOSED) {
                // Not an outage, which would let the visitor in.
                return new UpstreamResponse.CallFailure(Reason.INTERRUPTED, "closed", sent);
            }
            if (e instanceof InterruptedException) {
                running.end(RunningCall.End.INTERRUPTED);
                Thread.currentThread().interrupt();
            }
            if (Thread.currentThread().isInterrupted()) {
                return new UpstreamResponse.CallFailure(Reason.INTERRUPTED, "interrupted during the call", sent);
            }
            UpstreamConnection used = connection;
            int status = used == null ? 0 : used.statusReceived();
            if (head == null && status != 0 && !isFromProxy(status)) {
                head = statusAlone(status);
            }
            if (head == null && end == null && used != null && used.isReused()) {
                pool.distrust();
            }
            return withoutBody(head, end, e, sent);
        }

        private void release() {
            UpstreamConnection used = connection;
            boolean keep = used != null && keepAlive != null && used.isConsistent() && running.complete();
            if (leased) {
                pool.release(used, keep ? keepAlive : null);
            }
        }
    }

    /**
     * A 4xx or 5xx counts although its body was cut off: the status alone decides (contract, section 2). A 2xx without
     * its body says nothing.
     */
    private static UpstreamResponse withoutBody(
            UpstreamResponse.@Nullable HttpReply head, RunningCall.@Nullable End end, Exception e, boolean sent) {
        if (head != null && (head.status() < 200 || head.status() > 299)) {
            return head;
        }
        if (end == RunningCall.End.TIMEOUT || e instanceof TimeoutException) {
            return new UpstreamResponse.CallFailure(Reason.TIMEOUT, "no complete response in time", sent);
        }
        Exception cause = e instanceof ExecutionException && e.getCause() instanceof Exception inner ? inner : e;
        return new UpstreamResponse.CallFailure(reason(cause), detail(cause), sent);
    }

    /** Returns the reply of a status line alone; a throttle without its Retry-After lasts one second. */
    private static UpstreamResponse.HttpReply statusAlone(int status) {
        return UpstreamResponse.HttpReply.ofHead(status, status == 429 ? Duration.ofSeconds(1) : null, null);
    }

    /** HttpClient's messages quote the response, which may repeat the secret: only their class is shown. */
    private static String detail(Exception e) {
        boolean quotes = e.getClass().getName().startsWith("org.apache.hc.");
        return quotes ? e.getClass().getSimpleName() : e.toString();
    }

    private static Reason reason(Exception e) {
        if (e instanceof CallException known) {
            return known.reason();
        }
        if (e instanceof UnknownHostException) {
            return Reason.DNS;
        }
        if (e instanceof SSLException) {
            return Reason.TLS;
        }
        return e instanceof SocketTimeoutException ? Reason.TIMEOUT : Reason.IO;
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = CallExecutor.class.getResourceAsStream("/com/playtcha/jakarta/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            // The version only serves the service's statistics.
        }
        return properties.getProperty("version", "unknown");
    }
}
