package com.playtcha.jakarta.benchmark;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * What the library would be on HttpClient's pooling connection manager: connections are leased, connected and used
 * without the execution chain, and {@code isStale()} is the library's own probe, which does not wait.
 */
final class PooledManagerCalls implements TransportBenchmark.Calls {
    private static final long MIN_IDLE_NANOS = 1_000_000;
    private static final long EARLY_CLOSE_NANOS = 1_000_000_000;
    private static final long SUSPENSION_NANOS = 10_000_000_000L;
    private static final Timeout LIMIT = Timeout.ofSeconds(2);

    private final PoolingHttpClientConnectionManager manager;
    private final HttpRoute route;
    private final byte[] request;
    private final boolean releasesLate;
    private final LinkedBlockingQueue<Late> releases = new LinkedBlockingQueue<>();
    private volatile long suspendedAt = System.nanoTime() - SUSPENSION_NANOS;

    private record Late(ConnectionEndpoint endpoint, long due) {}

    /** With {@code releasesLate}, a connection is released after a millisecond, and none is reused for 10 s after a stray. */
    PooledManagerCalls(URI baseUrl, int capacity, boolean releasesLate) {
        this.releasesLate = releasesLate;
        this.route = new HttpRoute(new HttpHost("http", baseUrl.getHost(), baseUrl.getPort()));
        String body = TransportBenchmark.BODY;
        this.request = ("POST " + baseUrl.getPath() + "/v1/verify HTTP/1.1\r\nHost: " + baseUrl.getAuthority()
                        + "\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        this.manager = new PoolingHttpClientConnectionManager(
                new DefaultHttpClientConnectionOperator(
                        proxy -> SocketChannel.open().socket(),
                        null,
                        null,
                        RegistryBuilder.<org.apache.hc.client5.http.ssl.TlsSocketStrategy>create()
                                .register("https", DefaultClientTlsStrategy.createDefault())
                                .build()),
                PoolConcurrencyPolicy.STRICT,
                PoolReusePolicy.LIFO,
                TimeValue.NEG_ONE_MILLISECOND,
                socket -> new ProbedConnection());
        manager.setMaxTotal(capacity);
        manager.setDefaultMaxPerRoute(capacity);
        manager.setDefaultConnectionConfig(ConnectionConfig.custom()
                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                .build());
        if (releasesLate) {
            Thread releaser = new Thread(this::releaseLate, "releaser");
            releaser.setDaemon(true);
            releaser.start();
        }
    }

    private void releaseLate() {
        try {
            while (true) {
                Late next = releases.take();
                for (long wait = next.due - System.nanoTime(); wait > 0; wait = next.due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                manager.release(next.endpoint, null, TimeValue.ofSeconds(30));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean call() throws Exception {
        ConnectionEndpoint endpoint = manager.lease("", route, LIMIT, null).get(LIMIT);
        boolean complete = false;
        try {
            HttpClientContext context = HttpClientContext.create();
            if (!endpoint.isConnected()) {
                manager.connect(endpoint, LIMIT, context);
            }
            ClassicHttpRequest unused = new BasicClassicHttpRequest("POST", "/");
            ConnectionEndpoint.RequestExecutor direct = (any, connection, id) -> {
                ClassicHttpResponse response = ((ProbedConnection) connection).exchange(request);
                return response;
            };
            ClassicHttpResponse response = endpoint.execute("", unused, direct, context);
            complete = true;
            return response.getCode() == 200;
        } finally {
            boolean isSuspended = releasesLate && System.nanoTime() - suspendedAt < SUSPENSION_NANOS;
            if (!complete || isSuspended) {
                endpoint.close(CloseMode.IMMEDIATE);
                manager.release(endpoint, null, null);
            } else if (releasesLate) {
                releases.add(new Late(endpoint, System.nanoTime() + MIN_IDLE_NANOS));
            } else {
                manager.release(endpoint, null, TimeValue.ofSeconds(30));
            }
        }
    }

    @Override
    public void close() {
        manager.close(CloseMode.IMMEDIATE);
    }

    /** A connection whose probe finds strays and the end of the stream without waiting. */
    private final class ProbedConnection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {
        private long usedAt = System.nanoTime();

        ProbedConnection() {
            super(Http1Config.DEFAULT);
        }

        @Override
        public void bind(Socket socket) throws IOException {
            super.bind(socket);
        }

        @Override
        public Socket getSocket() {
            return getSocketHolder() == null ? null : getSocketHolder().getSocket();
        }

        @Override
        public void passivate() {}

        @Override
        public void activate() {}

        @Override
        public boolean isStale() throws IOException {
            boolean clean = false;
            SocketChannel channel = getSocket() == null ? null : getSocket().getChannel();
            if (channel != null && channel.isOpen()) {
                channel.configureBlocking(false);
                try {
                    clean = channel.read(ByteBuffer.allocate(1)) == 0;
                } finally {
                    channel.configureBlocking(true);
                }
            }
            if (!clean && System.nanoTime() - usedAt < EARLY_CLOSE_NANOS) {
                suspendedAt = System.nanoTime();
            }
            return !clean;
        }

        ClassicHttpResponse exchange(byte[] bytes) throws IOException, HttpException {
            ensureOpen().getOutputStream().write(bytes);
            ClassicHttpResponse response = receiveResponseHeader();
            receiveResponseEntity(response);
            response.getEntity().getContent().readAllBytes();
            usedAt = System.nanoTime();
            return response;
        }
    }
}
