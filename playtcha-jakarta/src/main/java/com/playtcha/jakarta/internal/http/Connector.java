package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.ssl.TlsCiphers;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections on the caller's thread: name look-up, TCP, the proxy's tunnel, TLS. All addresses of a name share one
 * connect timeout; each gets an equal part of what is left of it. Thread-safe.
 */
final class Connector {
    private final Target target;
    private final Duration connectTimeout;
    private final DnsResolver names;
    private final DaemonThreads lookupThreads = new DaemonThreads("lookup", Connector.class.getClassLoader());
    private volatile @Nullable TlsSocketStrategy tls;
    private @Nullable CompletableFuture<InetAddress[]> lookup;
    private boolean stopped;

    Connector(Target target, Duration connectTimeout, DnsResolver names) {
        this.target = target;
        this.connectTimeout = connectTimeout;
        this.names = names;
    }

    /** Reads the platform's trust store and loads the classes of TLS if they will be needed. Opens no connection. */
    void warmUp() {
        if (target.route().isSecure()) {
            tls();
            try {
                HttpHost host = target.route().getTargetHost();
                SSLEngine engine = SSLContext.getDefault().createSSLEngine(host.getHostName(), host.getPort());
                engine.setUseClientMode(true);
                ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
                engine.wrap(ByteBuffer.allocate(0), hello);
                TlsCiphers.excludeWeak(engine.getEnabledCipherSuites());
            } catch (SSLException | NoSuchAlgorithmException e) {
                // The first call meets the same and reports it.
            }
        }
    }

    private TlsSocketStrategy tls() {
        TlsSocketStrategy strategy = tls;
        if (strategy == null) {
            strategy = DefaultClientTlsStrategy.createSystemDefault();
            tls = strategy;
        }
        return strategy;
    }

    /** Blocks until the call's deadline at most, or until the call is ended. */
    UpstreamConnection open(RunningCall call) throws Exception {
        HttpHost host = target.route().getTargetHost();
        HttpHost first = target.isProxied() ? target.route().getProxyHost() : host;
        SocketChannel channel = connect(call, lookUp(first.getHostName(), call.nanosLeft()), first.getPort());
        UpstreamConnection connection = new UpstreamConnection(channel);
        boolean opened = false;
        try {
            if (target.route().isTunnelled()) {
                openTunnel(connection);
            }
            if (target.route().isSecure()) {
                Socket socket = channel.socket();
                connection.bind(
                        tls().upgrade(socket, host.getHostName(), host.getPort(), null, HttpCoreContext.create()),
                        socket);
            } else if (!connection.isClean()) {
                throw new ProtocolException("A response came before the request");
            }
            opened = true;
        } finally {
            if (!opened) {
                connection.close(CloseMode.IMMEDIATE);
            }
        }
        return connection;
    }

    private InetAddress[] lookUp(String name, long nanos) throws Exception {
        try {
            return lookUp(name).get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error bug) {
                throw bug;
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /**
     * Looks the name up on a thread of its own, because nothing can end a look-up. All calls that wait at the time share
     * it, so at most one thread is left behind.
     */
    private synchronized CompletableFuture<InetAddress[]> lookUp(String name) throws IOException {
        if (stopped) {
            throw new IOException("closed");
        }
        if (lookup == null || lookup.isDone()) {
            CompletableFuture<InetAddress[]> begun = new CompletableFuture<>();
            lookupThreads.start(() -> {
                try {
                    begun.complete(names.resolve(name));
                } catch (Throwable e) {
                    begun.completeExceptionally(e);
                }
            });
            lookup = begun;
        }
        return lookup;
    }

    /** Begins no more look-ups, and ends the wait for the present one. */
    synchronized void stop() {
        stopped = true;
        if (lookup != null) {
            lookup.completeExceptionally(new IOException("closed"));
        }
    }

    /** Returns how many threads are still alive; to be called after {@link #stop}. */
    int awaitEnd(Duration limit) {
        return lookupThreads.awaitEnd(limit);
    }

    private SocketChannel connect(RunningCall call, InetAddress[] addresses, int port) throws IOException {
        long end = System.nanoTime() + Math.min(call.nanosLeft(), connectTimeout.toNanos());
        IOException failure = new ConnectException("The name has no address");
        for (int i = 0; i < addresses.length && call.ended() == null; i++) {
            long share = (end - System.nanoTime()) / (addresses.length - i);
            // At least 1, because 0 means no limit.
            int millis = (int) TimeUnit.NANOSECONDS.toMillis(Math.max(0, share)) + 1;
            SocketChannel channel = SocketChannel.open();
            try {
                call.attach(channel);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket().connect(new InetSocketAddress(addresses[i], port), millis);
                return channel;
            } catch (IOException e) {
                channel.close();
                failure = e;
            }
        }
        throw new CallException(Reason.CONNECT, failure.toString(), false);
    }

    private void openTunnel(UpstreamConnection connection) throws IOException {
        String authority = target.host();
        String request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\nUser-Agent: "
                + CallExecutor.USER_AGENT + "\r\n" + target.proxyAuthorization() + "\r\n";
        int status;
        try {
            status = connection
                    .exchange(request.getBytes(StandardCharsets.ISO_8859_1))
                    .getCode();
        } catch (HttpException e) {
            throw new CallException(Reason.PROXY, "The proxy's response to CONNECT is not HTTP", false);
        }
        // Bytes behind the proxy's response would stay in the buffer and be read as a response out of the tunnel.
        if (status < 200 || status > 299 || !connection.isClean()) {
            throw CallException.proxyRefused(status);
        }
    }
}
