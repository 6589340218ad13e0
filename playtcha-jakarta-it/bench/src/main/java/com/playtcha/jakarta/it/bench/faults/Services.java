package com.playtcha.jakarta.it.bench.faults;

import com.playtcha.jakarta.it.bench.faults.RawService.Channel;
import com.playtcha.jakarta.it.bench.guard.ComparedFilters;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.PlaytchaStandInBuilder;
import com.playtcha.jakarta.testkit.ReceivedRequest;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.StandInProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The kinds of services and networks that the matrix needs. */
final class Services {
    private Services() {}

    /** A service that is reached, and replies to each request like this. */
    static Service replying(Requests requests, @Nullable SSLContext tls, Function<Call, Reply> replies) {
        PlaytchaStandInBuilder builder = PlaytchaStandIn.builder().secret(ComparedFilters.SECRET);
        PlaytchaStandIn standIn =
                (tls == null ? builder : builder.sslContext(tls)).start().onRequest(reply(requests, replies));
        String scheme = tls == null ? "http" : "https";
        return at(URI.create(scheme + "://localhost:" + standIn.port()), null, standIn);
    }

    private static Function<ReceivedRequest, Reply> reply(Requests requests, Function<Call, Reply> replies) {
        return request -> replies.apply(requests.add(request.token()));
    }

    /** The same service under another name. */
    static Service named(String name, Service service) {
        URI base = service.baseUrl();
        return at(URI.create(base.getScheme() + "://" + name + ":" + base.getPort()), null, service);
    }

    /** A good service behind a proxy that opens no tunnel. */
    static Service behindProxy(Requests requests, SSLContext tls, @Nullable Reply toConnect) {
        Service service =
                replying(requests, tls, call -> Reply.raw(call.answer().withLength()));
        StandInProxy proxy = StandInProxy.start();
        if (toConnect == null) {
            proxy.refuse();
        } else {
            proxy.replyToConnect(toConnect);
        }
        return at(service.baseUrl(), proxy.uri(), service, proxy);
    }

    /** Nobody listens on its port. */
    static Service absent() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return at(URI.create("http://localhost:" + socket.getLocalPort()), null);
        }
    }

    /** It listens on these addresses, and accepts nobody. */
    static Service deaf(String host, String... addresses) throws IOException {
        List<AutoCloseable> open = new ArrayList<>();
        int port = 0;
        for (String address : addresses) {
            InetAddress at = InetAddress.getByName(address);
            ServerSocket server = new ServerSocket(port, 1, at);
            open.add(server);
            port = server.getLocalPort();
            // As many as fill its queue, and some more; Linux drops who comes next.
            for (int i = 0; i < 8; i++) {
                SocketChannel waiting = SocketChannel.open();
                waiting.configureBlocking(false);
                waiting.connect(new InetSocketAddress(at, port));
                open.add(waiting);
            }
        }
        return at(URI.create("http://" + host + ":" + port), null, open.toArray(AutoCloseable[]::new));
    }

    /** On its way from the service to the caller, each byte is late. */
    static Service dripping(Service service, long millis) throws IOException {
        URI base = service.baseUrl();
        RawService relay = new RawService(base.getScheme(), null, channel -> {
            try (Socket to = new Socket(InetAddress.getLoopbackAddress(), base.getPort())) {
                RawService.daemon(() -> copy(channel, to));
                for (int next = to.getInputStream().read();
                        next >= 0;
                        next = to.getInputStream().read()) {
                    TimeUnit.MILLISECONDS.sleep(millis);
                    channel.write(new byte[] {(byte) next});
                }
            }
        });
        return at(relay.baseUrl(), null, relay, service);
    }

    private static void copy(Channel from, Socket to) {
        try {
            from.socket().getInputStream().transferTo(to.getOutputStream());
            to.close();
        } catch (IOException e) {
            // One of them has ended.
        }
    }

    static Service at(URI baseUrl, @Nullable URI proxy, AutoCloseable... parts) {
        return new Service() {
            @Override
            public URI baseUrl() {
                return baseUrl;
            }

            @Override
            public @Nullable URI proxy() {
                return proxy;
            }

            @Override
            public void close() {
                for (AutoCloseable part : parts) {
                    try {
                        part.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        };
    }
}
