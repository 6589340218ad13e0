package com.playtcha.jakarta.it.bench.late;

import com.playtcha.jakarta.it.bench.HttpText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One caller that posts results over a kept connection. It shares the processors with the server, so it is a bare
 * socket: the JDK's client costs several times as much as the server's own work.
 */
final class CallbackSender implements AutoCloseable {
    private final int port;
    private final String path;
    private final String key;
    private final ByteBuffer in = ByteBuffer.allocate(4 * 1024);
    private @Nullable SocketChannel channel;

    CallbackSender(int port, String path, String key) {
        this.port = port;
        this.path = path;
        this.key = key;
    }

    /** Posts a result and returns the status of the answer. */
    int send(String id, String code) throws IOException {
        String body = "id=" + id + "&code=" + URLEncoder.encode(code, StandardCharsets.UTF_8);
        String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Callback-Key: " + key
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
        SocketChannel open = channel;
        if (open == null) {
            open = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel = open;
        }
        open.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        in.clear();
        String response;
        do {
            if (open.read(in) < 0) {
                throw new IOException("closed before the answer");
            }
            response = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
        } while (!HttpText.isComplete(response));
        if (response.contains("Connection: close")) {
            close();
        }
        return HttpText.status(response);
    }

    @Override
    public void close() throws IOException {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
