package com.playtcha.jakarta.testkit;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A forward proxy on 127.0.0.1 for tests: tunnels CONNECT, forwards plain http requests in absolute form, and refuses
 * either when told to. It reaches nothing but the loopback address; {@link #route} lets any other name are routed there.
 *
 * <pre>{@code
 * try (StandInProxy proxy = StandInProxy.start()) {
 *     proxy.route("api.playtcha.test:443", playtcha.port());
 *     proxy.replyToConnect(Reply.status(403));
 * }
 * }</pre>
 *
 * <p>Thread-safe. Its threads are daemons, and their names begin with {@code standin-}.
 *
 * @since 0.1
 */
public final class StandInProxy implements AutoCloseable {
    private static final Duration CONNECT_AT_MOST = Duration.ofSeconds(5);
    private static final int MAX_KEPT = 10_000;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "proxy-connection",
            "proxy-authorization",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "transfer-encoding",
            "content-length");

    /**
     * One request that reached the proxy.
     *
     * @param method {@code CONNECT}, or that of a forwarded request
     * @param target as it was sent: {@code host:port} after CONNECT, else a whole address
     * @param authorization the value of Proxy-Authorization; null if there was none
     * @since 0.1
     */
    public record Received(
            String method, String target, @Nullable String authorization) {}

    private final LoopbackServer server;
    private final ReplyWriter writer = new ReplyWriter(Clock.systemUTC());
    private final Map<String, Integer> routes = new ConcurrentHashMap<>();
    private final Deque<Received> requests = new ArrayDeque<>();
    private int connectCount;
    private int forwardCount;
    private volatile @Nullable Reply toConnect;
    private volatile @Nullable String credentials;

    private StandInProxy() {
        this.server = new LoopbackServer("standin-proxy", null, this::serve);
        server.start(0);
    }

    /**
     * Starts one on any free port of 127.0.0.1.
     *
     * @return a running proxy
     */
    public static StandInProxy start() {
        return new StandInProxy();
    }

    /**
     * The value of the setting {@code proxy}.
     *
     * @return such as {@code http://127.0.0.1:40124}
     */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /**
     * The port it listens on.
     *
     * @return from 1 to 65535
     */
    public int port() {
        return server.port();
    }

    /**
     * Routes a name to a port of 127.0.0.1, as if the proxy had resolved it.
     *
     * @param authority {@code host:port} as clients ask for it
     * @param port of 127.0.0.1
     * @return this
     */
    public StandInProxy route(String authority, int port) {
        routes.put(authority.toLowerCase(Locale.ROOT), port);
        return this;
    }

    /**
     * Answers every CONNECT with this reply, and opens no tunnel.
     *
     * @param reply null opens tunnels again
     * @return this
     */
    public StandInProxy replyToConnect(@Nullable Reply reply) {
        toConnect = reply;
        return this;
    }

    /**
     * Asks for Basic credentials: without them the answer is 407.
     *
     * @param user without a colon
     * @param password any text
     * @return this
     */
    public StandInProxy requireCredentials(String user, String password) {
        Objects.requireNonNull(password, "password");
        credentials =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Stops listening and closes every connection and tunnel: connecting fails at once. The port is kept. */
    public void refuse() {
        server.refuse();
    }

    /** Listens again on the same port, after {@link #refuse()}. */
    public void accept() {
        server.accept();
    }

    /**
     * How often CONNECT was asked for, refused ones included.
     *
     * @return since the start
     */
    public int connectCount() {
        synchronized (requests) {
            return connectCount;
        }
    }

    /**
     * How often another method was asked for, refused ones included.
     *
     * @return since the start
     */
    public int forwardCount() {
        synchronized (requests) {
            return forwardCount;
        }
    }

    /**
     * What was asked for, in order; the last 10,000 at most.
     *
     * @return a copy
     */
    public List<Received> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /**
     * How many connections were accepted.
     *
     * @return since the start
     */
    public int connectionCount() {
        return server.accepted();
    }

    /**
     * How many connections from clients are open now, tunnels included.
     *
     * @return zero or more
     */
    public int openConnections() {
        return server.open();
    }

    /** Ends all tunnels, sockets and threads before it returns. A second call does nothing. */
    @Override
    public void close() {
        server.close();
    }

    private void serve(ClientConnection connection) throws IOException, InterruptedException {
        new ConnectionHandler(server, connection, this::answer).run();
    }

    private boolean answer(RawRequest request, ClientConnection connection) throws IOException, InterruptedException {
        RawRequest.Problem problem = request.problem();
        if (problem != null) {
            return write(plain(problem.status(), problem.text()), request, connection);
        }
        boolean connect = request.method().equals("CONNECT");
        note(request, connect);
        String required = credentials;
        if (required != null && !required.equals(request.header("Proxy-Authorization"))) {
            Reply unauthorized = plain(407, "credentials, please")
                    .header("Proxy-Authenticate", "Basic realm=\"stand-in\", charset=\"UTF-8\"");
            return write(unauthorized, request, connection);
        }
        if (!connect) {
            return forward(request, connection);
        }
        Reply scripted = toConnect;
        if (scripted != null) {
            return write(scripted, request, connection);
        }
        Integer port = portFor(request.target());
        if (port == null) {
            return write(plain(502, "only the loopback address is reached from here"), request, connection);
        }
        try (Socket target = connectTo(port)) {
            connection.attach(target);
            connection
                    .output()
                    .write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            connection.output().flush();
            request.tunnel().complete(new HalfClosing(target));
            pump(target.getInputStream(), connection.output());
        } catch (Unreachable e) {
            return write(plain(502, "connection refused"), request, connection);
        }
        return false;
    }

    private boolean forward(RawRequest request, ClientConnection connection) throws IOException, InterruptedException {
        String target = request.target();
        if (!target.toLowerCase(Locale.ROOT).startsWith("http://")) {
            return write(plain(400, "a proxy needs the absolute form"), request, connection);
        }
        int slash = target.indexOf('/', "http://".length());
        String authority = slash < 0 ? target.substring(7) : target.substring(7, slash);
        Integer port = portFor(authority.matches(".*:\\d+") ? authority : authority + ":80");
        if (port == null) {
            return write(plain(502, "only the loopback address is reached from here"), request, connection);
        }
        try (Socket origin = connectTo(port)) {
            connection.attach(origin);
            OutputStream out = origin.getOutputStream();
            out.write(head(request, slash < 0 ? "/" : target.substring(slash)).getBytes(StandardCharsets.ISO_8859_1));
            out.write(request.body());
            out.flush();
            pump(origin.getInputStream(), connection.output());
        } catch (Unreachable e) {
            return write(plain(502, "connection refused"), request, connection);
        }
        return false;
    }

    /** One request per connection to the origin, so that its answer ends where the connection does. */
    private static String head(RawRequest request, String path) {
        StringBuilder head = new StringBuilder(request.method())
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nConnection: close\r\nVia: 1.1 stand-in\r\n");
        request.headers().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(
                        value -> head.append(name).append(": ").append(value).append("\r\n"));
            }
        });
        if (request.body().length > 0 || request.header("Content-Length") != null) {
            head.append("Content-Length: ").append(request.body().length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private void note(RawRequest request, boolean connect) {
        synchronized (requests) {
            if (connect) {
                connectCount++;
            } else {
                forwardCount++;
            }
            if (requests.size() == MAX_KEPT) {
                requests.remove();
            }
            requests.add(new Received(request.method(), request.target(), request.header("Proxy-Authorization")));
        }
    }

    private boolean write(Reply reply, RawRequest request, ClientConnection connection)
            throws IOException, InterruptedException {
        return writer.write(reply, request, connection, () -> {});
    }

    private static Reply plain(int status, String text) {
        return Reply.status(status)
                .header("Content-Type", "text/plain; charset=utf-8")
                .body(text + "\n");
    }

    private @Nullable Integer portFor(String authority) {
        Integer routed = routes.get(authority.toLowerCase(Locale.ROOT));
        if (routed != null) {
            return routed;
        }
        int colon = authority.lastIndexOf(':');
        if (colon < 0 || !LOOPBACK.contains(authority.substring(0, colon).toLowerCase(Locale.ROOT))) {
            return null;
        }
        String port = authority.substring(colon + 1);
        return port.matches("\\d{1,5}") && Integer.parseInt(port) <= 65_535 ? Integer.valueOf(port) : null;
    }

    private static Socket connectTo(int port) throws Unreachable {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(LoopbackServer.loopback(), port), (int) CONNECT_AT_MOST.toMillis());
            return socket;
        } catch (IOException e) {
            ClientConnection.closeQuietly(socket);
            throw new Unreachable(e);
        }
    }

    private static void pump(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8 * 1024];
        int read = from.read(buffer);
        while (read >= 0) {
            to.write(buffer, 0, read);
            to.flush();
            read = from.read(buffer);
        }
    }

    private static final class Unreachable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreachable(IOException cause) {
            super(cause);
        }
    }

    /** Closing it shuts down the output; the answer can still be read. */
    private static final class HalfClosing extends FilterOutputStream {
        private final Socket socket;

        HalfClosing(Socket socket) throws IOException {
            super(socket.getOutputStream());
            this.socket = socket;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            socket.shutdownOutput();
        }
    }
}
