package com.playtcha.jakarta.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;

/** A client that shows every byte, so that what an HTTP library smooths over is seen. */
final class RawClient implements AutoCloseable {
    private static final int GIVE_UP_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(GIVE_UP_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    static String verify(String secret, String token) {
        return post("/v1/verify", "{\"secret\":\"" + secret + "\",\"token\":\"" + token + "\"}");
    }

    static String verify(String token) {
        return verify("test-secret", token);
    }

    static String post(String target, String body) {
        return "POST " + target + " HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(UTF_8).length + "\r\n\r\n" + body;
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.getOutputStream().flush();
        return this;
    }

    RawClient endOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Status line and headers, the empty line included. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) readByte());
        }
        return head.toString();
    }

    /** One whole answer with Content-Length. */
    String readAnswer() throws IOException {
        String head = readHead();
        String marker = "content-length: ";
        int at = head.toLowerCase(Locale.ROOT).indexOf(marker);
        int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + marker.length(), head.indexOf('\r', at)));
        return head + read(length);
    }

    String read(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("after " + new String(read, UTF_8));
        }
        return new String(read, UTF_8);
    }

    /** All that comes until the server closes in good order. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        in.transferTo(all);
        return all.toString(UTF_8);
    }

    int available() throws IOException {
        return in.available();
    }

    /** Waits for the server to end the connection, in whatever way; false if a byte comes instead. */
    boolean endedOrReset() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private int readByte() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }
}
