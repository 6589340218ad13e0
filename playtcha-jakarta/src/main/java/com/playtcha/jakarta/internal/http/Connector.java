package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.SharedTask;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.ssl.TlsCiphers;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.InetAddressUtils;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections on the caller's thread: name look-up, TCP, the proxy's tunnel, TLS. All addresses of a name share one
 * connect timeout; each gets an equal part of what is left of it. Thread-safe.
 */
final class Connector {
    /** The platform has a cache of its own, which is read only on another thread. */
    private static final long ADDRESS_CACHE_NANOS = Duration.ofSeconds(10).toNanos();

    /** A failed look-up stays in the platform's cache for as long; it is reported again without its cause. */
    private static final long FAILURE_CACHE_NANOS = Duration.ofSeconds(10).toNanos();

    /** When the look-up of a name last failed for lack of file descriptors; for all guards, as the platform's cache is. */
    private static final Map<String, Long> EXHAUSTED_AT = new ConcurrentHashMap<>();

    /** What a service sends right behind its TLS handshake takes about as long as that, on a network that is near. */
    private static final long MAX_SILENCE_MILLIS = 5;

    private final Target target;
    private final Duration connectTimeout;
    private final HttpHost firstHop;
    private final SharedTask<InetAddress[]> lookup;
    private final SharedTask<TlsSocketStrategy> tlsLoading;
    private volatile @Nullable TlsSocketStrategy tls;
    private volatile @Nullable CachedAddresses cached;

    private record CachedAddresses(InetAddress[] addresses, long since) {}

    Connector(Target target, Duration connectTimeout, DnsResolver names, DaemonThreads threads) {
        this.target = target;
        this.connectTimeout = connectTimeout;
        this.firstHop = target.firstHop();
        this.lookup = new SharedTask<>(threads, "lookup", () -> names.resolve(firstHop.getHostName()));
        this.tlsLoading = new SharedTask<>(threads, "trust-store", DefaultClientTlsStrategy::createSystemDefault);
    }

    /** Reads the platform's trust store and loads the classes of TLS if they will be needed. Opens no connection. */
    void warmUp() throws IOException, InterruptedException, TimeoutException {
        if (target.route().isSecure()) {
            tls(Long.MAX_VALUE);
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

    /** The trust store may be on a volume that does not answer. */
    private TlsSocketStrategy tls(long limitNanos) throws IOException, InterruptedException, TimeoutException {
        TlsSocketStrategy strategy = tls;
        if (strategy == null) {
            strategy = await(tlsLoading, limitNanos, "The platform's trust store cannot be used");
            tls = strategy;
        }
        return strategy;
    }

    /** Blocks until the call's deadline at most, or until the call is ended. */
    UpstreamConnection open(RunningCall call)
            throws IOException, HttpException, InterruptedException, TimeoutException {
        TlsSocketStrategy strategy = target.route().isSecure() ? tls(call.nanosLeft()) : null;
        UpstreamConnection connection = new UpstreamConnection(connect(call, addresses(call)));
        try {
            if (target.route().isTunnelled()) {
                openTunnel(connection);
            }
            long silence = ConnectionPool.MIN_IDLE.toMillis();
            if (strategy != null) {
                long began = System.nanoTime();
                connection.startTls(strategy, target.route().getTargetHost());
                acknowledgeAtOnce(connection.channel);
                long handshake = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                silence = Math.max(silence, Math.min(MAX_SILENCE_MILLIS, handshake));
            }
            if (!connection.staysSilent(silence)) {
                throw new CallException(Reason.IO, "a response or the end came before the request", false);
            }
            return connection;
        } catch (Throwable e) {
            connection.close(CloseMode.IMMEDIATE);
            throw e;
        }
    }

    /**
     * Asks Linux to acknowledge at once. Otherwise, what a service sends behind its session ticket waits until the request
     * acknowledges the ticket. The option is found by its name, because module {@code jdk.net} may be absent.
     */
    @SuppressWarnings("unchecked")
    private static void acknowledgeAtOnce(SocketChannel channel) throws IOException {
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals("TCP_QUICKACK")) {
                channel.setOption((SocketOption<Boolean>) option, true);
            }
        }
    }

    /** Looks a name up on another thread, because nothing can end a look-up; an address or a cached name needs none. */
    private InetAddress[] addresses(RunningCall call) throws IOException, InterruptedException, TimeoutException {
        String name = firstHop.getHostName();
        if (InetAddressUtils.isIPv4(name) || InetAddressUtils.isIPv6(name)) {
            return InetAddress.getAllByName(name);
        }
        CachedAddresses kept = cached;
        if (kept == null || System.nanoTime() - kept.since >= ADDRESS_CACHE_NANOS) {
            kept = new CachedAddresses(lookUp(name, call.nanosLeft()), System.nanoTime());
            cached = kept;
        }
        return kept.addresses;
    }

    private InetAddress[] lookUp(String name, long limitNanos)
            throws IOException, InterruptedException, TimeoutException {
        try {
            return await(lookup, limitNanos, "The look-up of a name failed");
        } catch (CallException e) {
            EXHAUSTED_AT.put(name, System.nanoTime());
            throw e;
        } catch (UnknownHostException e) {
            Long exhaustedAt = EXHAUSTED_AT.get(name);
            if (exhaustedAt == null || System.nanoTime() - exhaustedAt >= FAILURE_CACHE_NANOS) {
                throw e;
            }
            throw new CallException(Reason.LOCAL_RESOURCES, e.toString(), false);
        }
    }

    /** Throws what a name server can cause as it is, and anything else as an error of our own. */
    private static <T> T await(SharedTask<T> task, long limitNanos, String failure)
            throws IOException, InterruptedException, TimeoutException {
        try {
            return task.get(limitNanos);
        } catch (CancellationException e) {
            throw new IOException("closed", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            // Before anything else: neither a look-up nor a trust store works without a file descriptor.
            openSocket().close();
            if (e.getCause() instanceof UnknownHostException unknown) {
                // There may be a descriptor again.
                if (isWithoutDescriptor(unknown)) {
                    throw new CallException(Reason.LOCAL_RESOURCES, unknown.toString(), false);
                }
                throw unknown;
            }
            throw new IllegalStateException(failure, e.getCause());
        }
    }

    /** The first text is glibc's; resolvers that the JDK is given may hide the second one in a cause. */
    private static boolean isWithoutDescriptor(UnknownHostException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage());
            if (text.endsWith("System error") || text.contains("Too many open files")) {
                return true;
            }
        }
        return false;
    }

    /** Opens a socket, which contacts nobody: if that fails, this machine has run out of descriptors or memory. */
    private static SocketChannel openSocket() throws CallException {
        try {
            return SocketChannel.open();
        } catch (IOException e) {
            throw new CallException(Reason.LOCAL_RESOURCES, e.toString(), false);
        }
    }

    /** Begins no more look-ups, and ends the wait for the present one. */
    void stop() {
        lookup.stop();
        tlsLoading.stop();
    }

    private SocketChannel connect(RunningCall call, InetAddress[] addresses) throws IOException {
        long end = System.nanoTime() + Math.min(call.nanosLeft(), connectTimeout.toNanos());
        IOException failure = new ConnectException("The name has no address");
        Reason reason = Reason.CONNECT;
        for (int i = 0; i < addresses.length && call.ended() == null; i++) {
            long share = (end - System.nanoTime()) / (addresses.length - i);
            // At least 1, because 0 means no limit.
            int millis = (int) TimeUnit.NANOSECONDS.toMillis(Math.max(0, share)) + 1;
            SocketChannel channel = openSocket();
            try {
                call.attach(channel);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket().connect(new InetSocketAddress(addresses[i], firstHop.getPort()), millis);
                return channel;
            } catch (IOException e) {
                channel.close();
                failure = e;
                // The same is thrown for an IPv6 address on a machine that has none of its own.
                if (isWithoutPort(e) && (addresses[i] instanceof Inet4Address || addresses.length == 1)) {
                    reason = Reason.LOCAL_RESOURCES;
                }
            }
        }
        // The name may have other addresses by now.
        cached = null;
        throw new CallException(reason, failure.toString(), false);
    }

    /** Whether all local ports are in use, for instance in TIME_WAIT. */
    private static boolean isWithoutPort(IOException e) {
        return e instanceof BindException && !String.valueOf(e.getMessage()).contains("Permission denied");
    }

    private void openTunnel(UpstreamConnection connection) throws IOException {
        String authority = target.host();
        String request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\nUser-Agent: "
                + HttpTransport.USER_AGENT + "\r\n" + target.proxyAuthorization() + "\r\n";
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
