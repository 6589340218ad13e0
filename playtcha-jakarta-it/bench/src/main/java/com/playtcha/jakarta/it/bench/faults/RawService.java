package com.playtcha.jakarta.it.bench.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A service whose connections are broken themselves, which the stand-in's replies cannot be. */
final class RawService implements Service {
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]*)\"");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *([0-9]+)");

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Conversation conversation;
    private final String scheme;
    private final @Nullable SSLContext tls;

    /** What happens on a connection; it is closed afterwards. */
    interface Conversation {
        void with(Channel channel) throws IOException, InterruptedException;
    }

    /** Speaks TLS at once if there is a context; the scheme may say https without one. */
    RawService(String scheme, @Nullable SSLContext tls, Conversation conversation) throws IOException {
        this.scheme = scheme;
        this.tls = tls;
        this.conversation = conversation;
        this.server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    RawService(Conversation conversation) throws IOException {
        this("http", null, conversation);
    }

    @Override
    public URI baseUrl() {
        return URI.create(scheme + "://localhost:" + port());
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket plain) {
        try (plain) {
            plain.setTcpNoDelay(true);
            Socket socket = plain;
            if (tls != null) {
                SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
                secured.startHandshake();
                socket = secured;
            }
            conversation.with(new Channel(plain, socket));
        } catch (IOException e) {
            // The caller has given up.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(plain);
        }
    }

    static void daemon(Runnable work) {
        Thread thread = new Thread(null, work, "broken-service", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            // They end with the process.
        }
    }

    /** One connection. */
    record Channel(Socket plain, Socket socket) {

        /** Returns the token of the next request, or null when the caller closes. */
        @Nullable
        String read() throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return null;
                }
                head.append((char) next);
            }
            Matcher length = LENGTH.matcher(head);
            int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            Matcher token = TOKEN.matcher(new String(in.readNBytes(bytes), StandardCharsets.US_ASCII));
            return token.find() ? token.group(1) : "";
        }

        void write(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        /** Ends the connection with a reset. */
        void reset() throws IOException {
            plain.setSoLinger(true, 0);
            plain.close();
        }

        /** Returns when the caller closes. */
        void hang() throws IOException {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }
}
