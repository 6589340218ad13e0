package com.playtcha.jakarta.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends callbacks over plain HTTP, one connection each and without retries, which the JDK's own clients do not
 * guarantee. Thread-safe.
 */
final class CallbackSender {
    private static final int MAX_ANSWER = 1024 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])[ \r]");
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *([0-9]{1,7}) *\r\n");

    /**
     * The outcome of a callback.
     *
     * @param status 0 without an answer
     * @param failure null with an answer
     */
    record Outcome(int status, @Nullable String failure) {}

    private final boolean post;
    private final boolean keyInHeader;
    private final Duration timeout;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    CallbackSender(boolean post, boolean keyInHeader, Duration timeout) {
        this.post = post;
        this.keyInHeader = keyInHeader;
        this.timeout = timeout;
    }

    static URI checked(URI url) {
        if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("callbacks go to http:// and a host: " + url);
        }
        return url;
    }

    /** Sends a callback and waits for its answer, unless the answer is to be ignored. */
    Outcome send(URI url, String id, @Nullable String code, @Nullable String key, boolean unheard) {
        byte[] request = request(url, id, code, key);
        long end = System.nanoTime() + timeout.toNanos();
        try (Socket socket = new Socket()) {
            open.add(socket);
            if (closed) {
                return new Outcome(0, "closed");
            }
            try {
                int port = url.getPort() > 0 ? url.getPort() : 80;
                socket.connect(new InetSocketAddress(url.getHost(), port), left(end));
                return exchange(socket, request, unheard, end);
            } finally {
                open.remove(socket);
            }
        } catch (IOException e) {
            return new Outcome(0, closed ? "closed" : e.toString());
        }
    }

    private static Outcome exchange(Socket socket, byte[] request, boolean unheard, long end) throws IOException {
        IOException unsent = null;
        try {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // A server that refuses a large request may answer and close before it has read all of it.
            unsent = e;
        }
        if (unheard && unsent == null) {
            return new Outcome(0, "unheard");
        }
        try {
            return answer(socket, end);
        } catch (IOException e) {
            throw unsent == null ? e : unsent;
        }
    }

    private static Outcome answer(Socket socket, long end) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[4096];
        int status = 0;
        while (all.size() < MAX_ANSWER) {
            socket.setSoTimeout(left(end));
            int n = in.read(chunk);
            if (n < 0) {
                break;
            }
            all.write(chunk, 0, n);
            String text = all.toString(StandardCharsets.ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            while (head >= 0 && status(text) < 200 && status(text) > 0) {
                text = text.substring(head + 4);
                head = text.indexOf("\r\n\r\n");
            }
            status = head < 0 ? 0 : status(text);
            if (head >= 0 && isWhole(text, head + 4)) {
                break;
            }
        }
        return status == 0 ? new Outcome(0, "no HTTP answer") : new Outcome(status, null);
    }

    private static int status(String text) {
        Matcher line = STATUS.matcher(text);
        return line.lookingAt() ? Integer.parseInt(line.group(1)) : 0;
    }

    private static boolean isWhole(String text, int bodyAt) {
        Matcher length = LENGTH.matcher(text.substring(0, bodyAt).toLowerCase(Locale.ROOT));
        return length.find()
                ? text.length() - bodyAt >= Integer.parseInt(length.group(1))
                : text.endsWith("\r\n0\r\n\r\n");
    }

    private byte[] request(URI url, String id, @Nullable String code, @Nullable String key) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("id", id);
        if (code != null) {
            parameters.put("code", code);
        }
        if (key != null && !keyInHeader) {
            parameters.put("key", key);
        }
        StringBuilder form = new StringBuilder();
        parameters.forEach((name, value) -> form.append(form.length() == 0 ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : url.getRawQuery();
        if (!post) {
            query = query.isEmpty() ? form.toString() : query + "&" + form;
        }
        StringBuilder request = new StringBuilder(post ? "POST " : "GET ")
                .append(path)
                .append(query.isEmpty() ? "" : "?" + query)
                .append(" HTTP/1.1\r\nHost: ")
                .append(url.getRawAuthority())
                .append("\r\nUser-Agent: result-service-stand-in\r\nConnection: close\r\n");
        if (key != null && keyInHeader) {
            request.append("X-Callback-Key: ").append(key).append("\r\n");
        }
        if (post) {
            request.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
                    .append(form.length())
                    .append("\r\n\r\n")
                    .append(form);
        } else {
            request.append("\r\n");
        }
        return request.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int left(long end) throws SocketTimeoutException {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }

    /** Aborts what is being sent; later callbacks fail. */
    void close() {
        closed = true;
        open.forEach(ClientConnection::closeQuietly);
    }
}
