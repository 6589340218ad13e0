package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections on socket channels: they can be closed from another thread at any moment, and can be probed without
 * waiting. All addresses of a name share one connect timeout; each gets an equal part of what is left.
 */
final class Connector implements HttpClientConnectionOperator {
    private final Duration connectTimeout;
    private final DnsResolver names;
    private volatile @Nullable TlsSocketStrategy tls;

    Connector(Duration connectTimeout, DnsResolver names) {
        this.connectTimeout = connectTimeout;
        this.names = names;
    }

    /** The platform's trust, read when it is needed first: plain http to a loopback host never needs it. */
    TlsSocketStrategy tls() {
        TlsSocketStrategy strategy = tls;
        if (strategy == null) {
            strategy = DefaultClientTlsStrategy.createSystemDefault();
            tls = strategy;
        }
        return strategy;
    }

    @Override
    public void connect(
            ManagedHttpClientConnection connection,
            HttpHost host,
            @Nullable InetSocketAddress localAddress,
            TimeValue ignoredTimeout,
            SocketConfig socketConfig,
            HttpContext context)
            throws IOException {
        Exchange exchange = Exchange.of(context);
        InetAddress[] addresses = names.resolve(host.getHostName());
        Deadline end = exchange.deadline().orIn(connectTimeout);
        SocketChannel channel = connectAny(exchange, addresses, host.getPort(), end);
        connection.bind(channel.socket());
        if (URIScheme.HTTPS.same(host.getSchemeName())) {
            upgrade(connection, host, context);
        }
    }

    private static SocketChannel connectAny(Exchange exchange, InetAddress[] addresses, int port, Deadline end)
            throws IOException {
        IOException failure = new ConnectException("the name has no address");
        for (int i = 0; i < addresses.length; i++) {
            Deadline share = end.orIn(Duration.ofNanos(Math.max(0, end.nanosLeft()) / (addresses.length - i)));
            SocketChannel channel = SocketChannel.open();
            try {
                exchange.attach(channel);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket().connect(new InetSocketAddress(addresses[i], port), share.millisLeft());
                return channel;
            } catch (IOException e) {
                channel.close();
                failure = e;
                if (exchange.isAborted()) {
                    break;
                }
            }
        }
        throw new ConnectFailedException(failure);
    }

    @Override
    public void upgrade(ManagedHttpClientConnection connection, HttpHost host, HttpContext context) throws IOException {
        Socket base = connection.getSocket();
        base.setSoTimeout(Exchange.of(context).deadline().millisLeft());
        connection.bind(tls().upgrade(base, host.getHostName(), host.getPort(), null, context), base);
    }
}
