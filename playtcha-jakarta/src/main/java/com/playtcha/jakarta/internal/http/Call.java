package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
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
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One request on one connection, on a worker thread. Works below the client's execution chain, which retries, follows
 * redirects, keeps cookies and decodes bodies: nothing of that can happen here.
 */
final class Call {
    static final String USER_AGENT = "playtcha-jakarta/" + version();

    private static final HttpRequestExecutor EXECUTOR = new HttpRequestExecutor();

    private final Exchange exchange;
    private final Target target;
    private final Connections connections;
    private final Question question;
    private final HttpClientContext context = HttpClientContext.create();
    private @Nullable ConnectionEndpoint endpoint;
    private @Nullable WireConnection connection;
    private boolean reusable;
    private TimeValue keepAlive = TimeValue.NEG_ONE_MILLISECOND;

    Call(Exchange exchange, Target target, Connections connections, Question question) {
        this.exchange = exchange;
        this.target = target;
        this.connections = connections;
        this.question = question;
        exchange.putInto(context);
    }

    /** Asks once. Throws for a bug of our own only; whatever the network or the client throws is an answer too. */
    UpstreamResponse ask() {
        byte[] body = question.body();
        ClassicHttpResponse response;
        try {
            response = send(body);
        } catch (Exception e) {
            // Unchecked exceptions too: they come out of the client when a call is given up.
            return unfinished(e);
        }
        UpstreamResponse.HttpReply head = question.head(response);
        exchange.headReceived(head);
        byte[] answer;
        try {
            answer = read(response);
        } catch (Exception e) {
            return unfinished(e);
        }
        return question.whole(head, answer);
    }

    private UpstreamResponse unfinished(Exception e) {
        reusable = false;
        if (connection != null && connection.isUsed() && exchange.head() == null && !exchange.isAborted()) {
            connections.distrust();
        }
        Exception cause = e instanceof ExecutionException && e.getCause() instanceof Exception inner ? inner : e;
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return Incomplete.answer(exchange.head(), Incomplete.failure(cause, exchange.isSent(), question));
    }

    private ClassicHttpResponse send(byte @Nullable [] body)
            throws IOException, HttpException, InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            LeaseRequest lease = connections.lease(exchange.deadline());
            exchange.attach(lease);
            // Always taken, however late it is: a lease that nobody takes is lost to the pool.
            ConnectionEndpoint leased = lease.get(
                    Timeout.ofNanoseconds(Math.max(1, exchange.deadline().nanosLeft())));
            endpoint = leased;
            exchange.throwIfAborted();
            if (!leased.isConnected()) {
                connections.connect(leased, context);
                if (target.route().isTunnelled()) {
                    openTunnel(leased);
                }
            }
            try {
                return leased.execute("call", request(body), this::sendIfQuiet, context);
            } catch (DirtyConnectionException e) {
                // Nothing was sent on it. Another one, a new one in the end, serves this visitor.
                connections.release(leased, false, TimeValue.NEG_ONE_MILLISECOND);
                endpoint = null;
            }
        }
    }

    /** Told by {@link #send} to take another connection: on this one something waits, or it is closed. */
    private static final class DirtyConnectionException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private ClassicHttpResponse sendIfQuiet(
            ClassicHttpRequest request, HttpClientConnection raw, HttpContext executionContext)
            throws IOException, HttpException {
        WireConnection fresh = prepare(raw);
        fresh.settle();
        if (!fresh.isQuiet() || (fresh.isUsed() && !connections.areReusable())) {
            throw new DirtyConnectionException();
        }
        if (!fresh.isUsed() && !target.route().isSecure() && !fresh.isSilent()) {
            throw new ProtocolException("an answer came before the request");
        }
        connection = fresh;
        fresh.onStatus(this::statusReceived);
        exchange.sending();
        ClassicHttpResponse response = EXECUTOR.execute(request, fresh, executionContext);
        if (isProxysOwn(response.getCode())) {
            throw new ProxyRefusedException(response.getCode());
        }
        return response;
    }

    private void statusReceived(int status) {
        if (!isProxysOwn(status)) {
            exchange.headReceived(Incomplete.statusAlone(status));
        }
    }

    private boolean isProxysOwn(int status) {
        return status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED && target.isProxied();
    }

    private WireConnection prepare(HttpClientConnection raw) throws IOException {
        WireConnection wired = (WireConnection) raw;
        wired.workUntil(exchange.deadline());
        if (wired.channel() != null) {
            exchange.attach(wired.channel());
        }
        return wired;
    }

    private ClassicHttpRequest request(byte @Nullable [] body) {
        ClassicHttpRequest request = new BasicClassicHttpRequest(question.method(), question.target());
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
            ((BasicClassicHttpRequest) request).setAbsoluteRequestUri(true);
            authorize(request);
        }
        return request;
    }

    private void authorize(ClassicHttpRequest request) {
        if (target.proxyAuthorization() != null) {
            request.setHeader(HttpHeaders.PROXY_AUTHORIZATION, target.proxyAuthorization());
        }
    }

    private void openTunnel(ConnectionEndpoint leased) throws IOException, HttpException {
        HttpHost host = target.route().getTargetHost();
        String authority = host.toHostString();
        ClassicHttpRequest connect = new BasicClassicHttpRequest(Method.CONNECT, host, authority);
        connect.setHeader(HttpHeaders.HOST, authority);
        connect.setHeader(HttpHeaders.USER_AGENT, USER_AGENT);
        authorize(connect);
        try {
            leased.execute("connect", connect, this::executeConnect, context);
        } catch (HttpException e) {
            throw new ProxyRefusedException(e);
        }
        connections.upgrade(leased, context);
    }

    private ClassicHttpResponse executeConnect(
            ClassicHttpRequest request, HttpClientConnection raw, HttpContext executionContext)
            throws IOException, HttpException {
        WireConnection tunnel = prepare(raw);
        ClassicHttpResponse response = EXECUTOR.execute(request, tunnel, executionContext);
        if (response.getCode() < 200 || response.getCode() > 299) {
            throw new ProxyRefusedException(response.getCode());
        }
        // What follows in the clear would survive in the buffer, and be read as an answer out of the tunnel.
        if (!tunnel.isSilent()) {
            throw new ProxyRefusedException(response.getCode());
        }
        return response;
    }

    /** The whole body; null where it is too large or encoded, so that it cannot be an answer. */
    private byte @Nullable [] read(ClassicHttpResponse response) throws IOException {
        if (isEncoded(response)) {
            return null;
        }
        byte[] body = new byte[0];
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            // Never closed early: closing would read the rest, and the rest may be endless.
            InputStream content = entity.getContent();
            ByteArrayOutputStream whole = new ByteArrayOutputStream(512);
            byte[] chunk = new byte[4096];
            int n;
            while ((n = content.read(chunk)) >= 0) {
                whole.write(chunk, 0, n);
                if (whole.size() > question.mostBytes()) {
                    return null;
                }
            }
            body = whole.toByteArray();
        }
        keepAlive = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
        reusable = DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, response, context)
                && TimeValue.isPositive(keepAlive);
        return body;
    }

    /** Whether the body is in a form that was not asked for; decoding one is how a small answer fills the memory. */
    private static boolean isEncoded(ClassicHttpResponse response) {
        for (Header header : response.getHeaders(HttpHeaders.CONTENT_ENCODING)) {
            if (!header.getValue().trim().equalsIgnoreCase("identity")) {
                return true;
            }
        }
        return false;
    }

    /** Puts the connection back where it may be used again, else closes it. */
    void giveBack(boolean settle, int maxIdle) {
        ConnectionEndpoint held = endpoint;
        if (held == null) {
            return;
        }
        endpoint = null;
        boolean keep = false;
        try {
            WireConnection used = connection;
            if (reusable && used != null && used.isConsistent() && connections.areReusable()) {
                used.answered();
                if (settle) {
                    used.settle();
                }
                keep = used.isQuiet() && connections.areReusable() && connections.idle() < maxIdle;
                exchange.detach();
            }
        } catch (IOException | RuntimeException e) {
            keep = false;
        } finally {
            connections.release(held, keep, keepAlive);
        }
    }

    void discard() {
        reusable = false;
        giveBack(false, 0);
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = Call.class.getResourceAsStream("/com/playtcha/jakarta/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            // The version is for the service's statistics only.
        }
        return properties.getProperty("version", "unknown");
    }
}
