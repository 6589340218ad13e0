package com.playtcha.jakarta.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.x requests (RFC 9112) one after the other from a connection, strictly and within limits: what a client
 * should not send is said, not guessed at. For one thread.
 */
final class RequestReader {
    static final int MAX_LINE = 16 * 1024;
    static final int MAX_HEAD = 64 * 1024;
    static final int MAX_HEADERS = 100;
    static final int MAX_BODY = 64 * 1024;

    private static final int MAX_DRAINED = 4 * 1024 * 1024;
    private static final String TOKEN_EXTRAS = "!#$%&'*+-.^_`|~";

    private final BufferedInputStream in;
    private final OutputStream continueTo;
    private int headLeft;

    /**
     * Reads from a connection.
     *
     * @param continueTo where {@code 100 Continue} is written when a client waits for it
     */
    RequestReader(InputStream in, OutputStream continueTo) {
        this.in = new BufferedInputStream(in);
        this.continueTo = continueTo;
    }

    /**
     * Reads the next request.
     *
     * @return null at the end of the stream
     * @throws EOFException where the stream ends within a request
     */
    @Nullable
    RawRequest next() throws IOException {
        try {
            return parse();
        } catch (BadRequest e) {
            return RawRequest.unreadable(e.status, e.text);
        }
    }

    /** Waits until there is a byte to read, without taking it; false at the end of the stream. */
    boolean hasMore() throws IOException {
        in.mark(1);
        boolean more = in.read() >= 0;
        in.reset();
        return more;
    }

    /** Throws the rest away, up to a limit, so that an answer is not lost in a reset. */
    void drain() throws IOException {
        byte[] buffer = new byte[8 * 1024];
        int left = MAX_DRAINED;
        int read = in.read(buffer);
        while (read >= 0 && left > 0) {
            left -= read;
            read = in.read(buffer);
        }
    }

    /** Copies everything that follows. */
    void transferTo(OutputStream out) throws IOException {
        byte[] buffer = new byte[8 * 1024];
        int read = in.read(buffer);
        while (read >= 0) {
            out.write(buffer, 0, read);
            out.flush();
            read = in.read(buffer);
        }
    }

    private @Nullable RawRequest parse() throws IOException, BadRequest {
        headLeft = MAX_HEAD;
        String start = line(414, true);
        // RFC 9112, section 2.2: an empty line before a request is to be ignored.
        while (start != null && start.isEmpty()) {
            start = line(414, true);
        }
        if (start == null) {
            return null;
        }
        String[] parts = start.split(" ", -1);
        if (parts.length != 3 || !isToken(parts[0]) || parts[1].isEmpty()) {
            throw new BadRequest(400, "not an HTTP request line");
        }
        if (!parts[2].equals("HTTP/1.1") && !parts[2].equals("HTTP/1.0")) {
            throw new BadRequest(parts[2].startsWith("HTTP/") ? 505 : 400, "not HTTP/1.1");
        }
        Map<String, List<String>> headers = headers();
        List<String> hosts = headers.getOrDefault("Host", List.of());
        if (hosts.size() > 1 || (hosts.isEmpty() && parts[2].equals("HTTP/1.1"))) {
            throw new BadRequest(400, "needs exactly one Host");
        }
        byte[] body = body(headers);
        return new RawRequest(parts[0], parts[1], parts[2], headers, body, null, new CompletableFuture<>());
    }

    private Map<String, List<String>> headers() throws IOException, BadRequest {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int count = 0;
        String line = requireLine();
        while (!line.isEmpty()) {
            int colon = line.indexOf(':');
            if (colon < 1 || !isToken(line.substring(0, colon))) {
                throw new BadRequest(400, "not a header line");
            }
            if (++count > MAX_HEADERS) {
                throw new BadRequest(431, "more than " + MAX_HEADERS + " headers");
            }
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>(1))
                    .add(line.substring(colon + 1).strip());
            line = requireLine();
        }
        headers.replaceAll((name, values) -> List.copyOf(values));
        return headers;
    }

    private byte[] body(Map<String, List<String>> headers) throws IOException, BadRequest {
        List<String> lengths = headers.getOrDefault("Content-Length", List.of());
        List<String> codings = headers.getOrDefault("Transfer-Encoding", List.of());
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty()) {
                throw new BadRequest(400, "both Content-Length and Transfer-Encoding");
            }
            if (codings.size() != 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
                throw new BadRequest(501, "a Transfer-Encoding other than chunked");
            }
            sayContinue(headers);
            return chunked();
        }
        if (lengths.isEmpty()) {
            return new byte[0];
        }
        String length = lengths.get(0);
        if (lengths.size() > 1 || length.isEmpty() || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new BadRequest(400, "not a Content-Length");
        }
        if (length.length() > 9 || Integer.parseInt(length) > MAX_BODY) {
            throw new BadRequest(413, "a body of more than " + MAX_BODY + " bytes");
        }
        sayContinue(headers);
        return exactly(Integer.parseInt(length));
    }

    private void sayContinue(Map<String, List<String>> headers) throws IOException {
        for (String expectation : headers.getOrDefault("Expect", List.of())) {
            if (expectation.equalsIgnoreCase("100-continue")) {
                continueTo.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                continueTo.flush();
            }
        }
    }

    private byte[] chunked() throws IOException, BadRequest {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = chunkSize();
        while (size > 0) {
            if (body.size() + size > MAX_BODY) {
                throw new BadRequest(413, "a body of more than " + MAX_BODY + " bytes");
            }
            body.write(exactly(size));
            if (!requireLine().isEmpty()) {
                throw new BadRequest(400, "a chunk longer than it says");
            }
            size = chunkSize();
        }
        String trailer = requireLine();
        while (!trailer.isEmpty()) {
            trailer = requireLine();
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException, BadRequest {
        String digits = requireLine();
        int semicolon = digits.indexOf(';');
        if (semicolon >= 0) {
            digits = digits.substring(0, semicolon).strip();
        }
        if (digits.isEmpty() || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            throw new BadRequest(400, "not a chunk size");
        }
        if (digits.length() > 7) {
            throw new BadRequest(413, "a chunk that is too large");
        }
        return Integer.parseInt(digits, 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private String requireLine() throws IOException, BadRequest {
        String line = line(431, false);
        if (line == null) {
            throw new EOFException();
        }
        return line;
    }

    /** One line without its CRLF; null if the stream ended before its first byte. */
    private @Nullable String line(int statusIfTooLong, boolean endAllowed) throws IOException, BadRequest {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        int b = in.read();
        if (b < 0 && endAllowed) {
            return null;
        }
        while (b != '\r') {
            if (b < 0) {
                throw new EOFException();
            }
            if (b == '\n' || b == 0) {
                throw new BadRequest(400, "a line that does not end in CRLF, or a control character");
            }
            if (line.size() >= MAX_LINE || --headLeft <= 0) {
                throw new BadRequest(statusIfTooLong, "a line or head that is too long");
            }
            line.write(b);
            b = in.read();
        }
        if (in.read() != '\n') {
            throw new BadRequest(400, "a line that does not end in CRLF");
        }
        headLeft -= 2;
        if (headLeft <= 0) {
            throw new BadRequest(statusIfTooLong, "a head that is too long");
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || TOKEN_EXTRAS.indexOf(c) >= 0);
    }

    /** A request that cannot be read; carries no stack, since it is not an error of this program. */
    private static final class BadRequest extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String text;

        BadRequest(int status, String text) {
            super(text, null, false, false);
            this.status = status;
            this.text = text;
        }
    }
}
