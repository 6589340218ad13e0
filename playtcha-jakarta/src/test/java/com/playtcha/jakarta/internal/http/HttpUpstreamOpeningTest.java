package com.playtcha.jakarta.internal.http;

import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.failure;
import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.TestTls;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New connections: whose bytes they carry, and which threads open them (contract, sections 2 and 3). */
class HttpUpstreamOpeningTest {
    private static final String STRAY = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}";
    private static final String DENIED = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";

    /** Longer than any record of a handshake. */
    private static final int LONG_RECORD = 10_000;

    private static SSLContext before;
    private static TestTls tls;
    private static SSLSocketFactory tlsServer;

    private final List<HttpUpstream> opened = new ArrayList<>();

    @BeforeAll
    static void trust() throws Exception {
        before = SSLContext.getDefault();
        tls = TestTls.create("localhost");
        tlsServer = tls.serverContext().getSocketFactory();
        SSLContext.setDefault(tls.trustingContext());
    }

    @AfterAll
    static void restore() {
        SSLContext.setDefault(before);
    }

    @AfterEach
    void close() {
        opened.forEach(HttpUpstream::close);
    }

    private HttpUpstream open(URI baseUrl, String... keysAndValues) {
        HttpUpstream upstream = Upstreams.open(baseUrl, keysAndValues);
        opened.add(upstream);
        return upstream;
    }

    private HttpUpstream open(DnsResolver names, int port) {
        HttpUpstream upstream = Upstreams.open(names, URI.create("http://localhost:" + port));
        opened.add(upstream);
        return upstream;
    }

    private static ServerSocket listen(boolean secure) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return secure
                ? tls.serverContext().getServerSocketFactory().createServerSocket(0, 50, loopback)
                : new ServerSocket(0, 50, loopback);
    }

    /** Serves each connection on a thread of its own until the server is closed. */
    private static void serve(ServerSocket server, Conversation conversation) {
        daemon(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    daemon(() -> {
                        try (socket) {
                            conversation.with(socket);
                        } catch (IOException e) {
                            // The client has hung up.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Conversation {
        void with(Socket socket) throws IOException;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static void answerAll(Socket socket, String answer) throws IOException {
        InputStream in = socket.getInputStream();
        while (in.read(new byte[8192]) > 0) {
            write(socket, answer);
        }
    }

    /** The service writes a response when a connection is ready, and a refusal for each request. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAServiceSendsBeforeTheRequestIsNeverItsAnswer(boolean secure) throws Exception {
        BlockingQueue<Boolean> isBeforeRequest = new LinkedBlockingQueue<>();
        int wrong = 0;
        try (ServerSocket server = listen(false)) {
            serve(server, socket -> {
                // The bytes are with the client when the write returns.
                socket.setTcpNoDelay(true);
                // A client that hangs up has seen the bytes, and sends no request.
                boolean isBefore = true;
                Socket channel;
                try {
                    channel = secure ? handshake(socket) : socket;
                    write(channel, STRAY);
                    // On a machine so busy that the request is here by now, the response may have come after it.
                    isBefore = socket.getInputStream().available() == 0;
                } finally {
                    isBeforeRequest.add(isBefore);
                }
                answerAll(channel, DENIED);
            });
            URI baseUrl = URI.create((secure ? "https" : "http") + "://localhost:" + server.getLocalPort());
            HttpUpstream upstream = open(baseUrl);
            for (int i = 0; i < 40; i++) {
                isBeforeRequest.clear();
                // A call without a connection of its own is no success, and has nothing in the queue.
                wrong += upstream.call("t").reason() == Reason.SUCCESS && isBeforeRequest.take() ? 1 : 0;
            }
        }
        // In the microseconds between the last look and the request, a response can still slip in; more of them on a
        // busy machine. Without the look all forty would.
        assertThat(wrong).isLessThanOrEqualTo(4);
    }

    private static Socket handshake(Socket socket) throws IOException {
        SSLSocket secured = (SSLSocket) tlsServer.createSocket(socket, null, true);
        secured.startHandshake();
        return secured;
    }

    /** A message of TLS itself is no stray answer: a session ticket, or an update of the keys, which may end the reuse. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageOfTlsItselfIsNoStrayAnswer(boolean updatesKeys) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket server = listen(true)) {
            serve(server, socket -> {
                connections.incrementAndGet();
                InputStream in = socket.getInputStream();
                while (in.read(new byte[8192]) > 0) {
                    write(socket, DENIED);
                    if (updatesKeys) {
                        ((SSLSocket) socket).startHandshake();
                    }
                }
            });
            HttpUpstream upstream =
                    open(URI.create("https://localhost:" + server.getLocalPort()), "max-concurrent", "1");
            for (int i = 0; i < 10; i++) {
                assertThat(reply(upstream.call("t")).status()).isEqualTo(401);
            }
        }
        if (!updatesKeys) {
            assertThat(connections).hasValue(1);
        }
    }

    /** The rest of the record comes with the next request, so that its data would be the first to be read. */
    @Test
    void aPartOfATlsRecordOnAnIdleConnectionIsNobodysAnswer() throws Exception {
        String longStray = STRAY.replace("\r\n\r\n", "\r\nPadding: " + "x".repeat(LONG_RECORD) + "\r\n\r\n");
        CountDownLatch partArrived = new CountDownLatch(1);
        try (ServerSocket server = listen(true);
                ServerSocket network = listen(false)) {
            serve(server, socket -> {
                InputStream in = socket.getInputStream();
                while (in.read(new byte[8192]) > 0) {
                    write(socket, DENIED);
                    if (partArrived.getCount() > 0) {
                        write(socket, longStray);
                    }
                }
            });
            serve(network, client -> {
                Socket service = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                try (service) {
                    Semaphore requests = new Semaphore(0);
                    daemon(() -> forward(client, service, requests));
                    forwardRecords(service, client, requests, partArrived);
                }
            });
            HttpUpstream upstream =
                    open(URI.create("https://localhost:" + network.getLocalPort()), "max-concurrent", "1");

            assertThat(reply(upstream.call("first")).status()).isEqualTo(401);
            partArrived.await();
            assertThat(reply(upstream.call("second")).status()).isEqualTo(401);
        }
    }

    private static void forward(Socket from, Socket to, Semaphore forwarded) {
        try {
            byte[] bytes = new byte[8192];
            for (int n = from.getInputStream().read(bytes);
                    n > 0;
                    n = from.getInputStream().read(bytes)) {
                to.getOutputStream().write(bytes, 0, n);
                forwarded.release();
            }
            to.close();
        } catch (IOException e) {
            // One of the two has hung up.
        } finally {
            forwarded.release();
        }
    }

    /** Holds back the second half of a long record until something was forwarded the other way. */
    private static void forwardRecords(Socket from, Socket to, Semaphore requests, CountDownLatch partArrived)
            throws IOException {
        DataInputStream in = new DataInputStream(from.getInputStream());
        while (true) {
            byte[] header = in.readNBytes(5);
            if (header.length < 5) {
                return;
            }
            byte[] body = in.readNBytes((header[3] & 0xff) << 8 | header[4] & 0xff);
            to.getOutputStream().write(header);
            int part = body.length;
            if (body.length > LONG_RECORD) {
                part = body.length / 2;
                requests.drainPermits();
            }
            to.getOutputStream().write(body, 0, part);
            if (part < body.length) {
                partArrived.countDown();
                requests.acquireUninterruptibly();
                to.getOutputStream().write(body, part, body.length - part);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]"})
    void anAddressIsNotLookedUp(String address) throws Exception {
        DnsResolver unused = resolver(host -> {
            throw new UnknownHostException(host);
        });
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName(address))) {
            serve(server, socket -> answerAll(socket, DENIED));
            HttpUpstream upstream =
                    Upstreams.open(unused, URI.create("http://" + address + ":" + server.getLocalPort()));
            opened.add(upstream);

            assertThat(reply(upstream.call("t")).status()).isEqualTo(401);
        }
    }

    @Test
    void aKnownNameIsNotLookedUpForEachConnection() {
        List<String> lookUps = Collections.synchronizedList(new ArrayList<>());
        try (PlaytchaStandIn playtcha =
                PlaytchaStandIn.builder().secret(Upstreams.SECRET).start()) {
            playtcha.always(Reply.ok().announceClose());
            HttpUpstream upstream = open(recording(lookUps), playtcha.port());
            for (int i = 0; i < 20; i++) {
                assertThat(reply(upstream.call("t")).success()).isTrue();
            }

            assertThat(playtcha.connectionCount()).isEqualTo(20);
            assertThat(lookUps).hasSize(1).first().asString().startsWith("playtcha-lookup-");
        }
    }

    @Test
    void aNameNoneOfWhoseAddressesAnswersIsLookedUpAgain() {
        List<String> lookUps = Collections.synchronizedList(new ArrayList<>());
        try (PlaytchaStandIn playtcha =
                PlaytchaStandIn.builder().secret(Upstreams.SECRET).start()) {
            playtcha.refuse();
            HttpUpstream upstream = open(recording(lookUps), playtcha.port());

            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.CONNECT);
            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.CONNECT);
            assertThat(lookUps).hasSize(2);
        }
    }

    /** Failing open is for what the network does, not for what this library does wrong. */
    @Test
    void aBugIsNoResult() {
        HttpUpstream upstream = open(
                resolver(host -> {
                    throw new IllegalArgumentException("a bug");
                }),
                1);

        assertThatThrownBy(() -> upstream.call("t"))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("a bug");
    }

    private static DnsResolver recording(List<String> threads) {
        return resolver(host -> {
            threads.add(Thread.currentThread().getName());
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        });
    }

    private interface LookUp {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    private static DnsResolver resolver(LookUp lookUp) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return lookUp.of(host);
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }
}
