package com.playtcha.jakarta.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Writes replies to connections. Thread-safe. */
final class ReplyWriter {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final byte[] FILLER = filler();
    private static final byte[] NOTHING = {};

    private final Clock clock;
    private final String idPrefix;
    private final AtomicLong ids = new AtomicLong();

    ReplyWriter(Clock clock) {
        this.clock = clock;
        this.idPrefix = String.format(Locale.ROOT, "req_%08x", System.nanoTime() & 0xffff_ffffL);
    }

    /**
     * Plays one reply.
     *
     * @param request what it answers
     * @param answered run once, just before the last byte of the answer leaves or the connection ends: a client that has the
     *     answer finds everything counted
     * @return false if the connection is to be closed now
     */
    boolean write(Reply reply, RawRequest request, ClientConnection connection, Runnable answered)
            throws IOException, InterruptedException {
        ReplySpec plan = reply.plan;
        try {
            if (!waitFor(plan, connection)) {
                return false;
            }
            if (plan.hang) {
                connection.stayUntilGone();
                return false;
            }
            if (plan.silentClose) {
                return false;
            }
            return send(plan, request, connection, answered);
        } finally {
            answered.run();
        }
    }

    private static boolean waitFor(ReplySpec plan, ClientConnection connection) throws InterruptedException {
        return (plan.latch == null || connection.stayUntil(plan.latch))
                && (plan.release == null || connection.stayUntil(plan.release))
                && connection.stay(plan.delay);
    }

    private boolean send(ReplySpec plan, RawRequest request, ClientConnection connection, Runnable answered)
            throws IOException, InterruptedException {
        OutputStream out = connection.output();
        for (ReplySpec.Interim interim : plan.interims) {
            if (!connection.stay(interim.after())) {
                return false;
            }
            out.write(ascii("HTTP/1.1 " + interim.status() + " " + reasonPhrase(interim.status()) + "\r\n\r\n"));
            out.flush();
        }
        boolean keep = request.keepAlive() && !plan.close && !plan.announceClose;
        Message message = plan.raw == null ? render(plan, request) : Message.split(plan.raw);
        if (plan.raw == null && !message.framed) {
            keep = false;
        }
        boolean cut = plan.cutAfter != ReplySpec.WHOLE;
        if (cut) {
            message = message.first(plan.cutAfter);
        }
        if (!write(plan, message, cut, connection, out, answered)) {
            return false;
        }
        if (cut) {
            answered.run();
            if (plan.reset) {
                connection.reset();
            }
            return false;
        }
        if (plan.endless) {
            flood(plan.chunked, out);
        }
        for (ReplySpec.Extra extra : plan.extras) {
            if (!extra.after().isZero()) {
                if (!connection.stay(extra.after())) {
                    return false;
                }
                out.write(extra.bytes());
                out.flush();
            }
        }
        return keep;
    }

    /** Writes head and body, and what belongs into the same write; false if the client went away. */
    private static boolean write(
            ReplySpec plan,
            Message message,
            boolean cut,
            ClientConnection connection,
            OutputStream out,
            Runnable answered)
            throws IOException, InterruptedException {
        ByteArrayOutputStream tail = new ByteArrayOutputStream();
        if (!cut) {
            for (ReplySpec.Extra extra : plan.extras) {
                if (extra.after().isZero()) {
                    tail.write(extra.bytes());
                }
            }
        }
        Runnable last = plan.endless ? () -> {} : answered;
        byte[] head = message.head;
        byte[] body = message.body;
        if (plan.bodyGap.isZero() || body.length == 0) {
            tail = concat(body, tail);
            body = NOTHING;
        }
        if (plan.headGap.isZero() && body.length == 0) {
            tail = concat(head, tail);
            head = NOTHING;
        }
        if (plan.headGap.isZero()) {
            out.write(head);
        } else if (!drip(head, plan.headGap, connection, out, tail.size() + body.length == 0 ? last : () -> {})) {
            return false;
        }
        // The last byte of a dripped body leaves with what must not be separated from it.
        if (body.length > 0) {
            byte[] beforeLast = Arrays.copyOf(body, body.length - 1);
            tail = concat(Arrays.copyOfRange(body, body.length - 1, body.length), tail);
            if (!drip(beforeLast, plan.bodyGap, connection, out, () -> {}) || !connection.stay(plan.bodyGap)) {
                return false;
            }
        }
        if (tail.size() > 0) {
            last.run();
            tail.writeTo(out);
        }
        out.flush();
        return true;
    }

    private static boolean drip(
            byte[] bytes, Duration gap, ClientConnection connection, OutputStream out, Runnable beforeLast)
            throws IOException, InterruptedException {
        for (int i = 0; i < bytes.length; i++) {
            if (i > 0 && !connection.stay(gap)) {
                return false;
            }
            if (i == bytes.length - 1) {
                beforeLast.run();
            }
            out.write(bytes[i]);
            out.flush();
        }
        return true;
    }

    /** Ends by the exception that a closed connection gives. */
    private static void flood(boolean chunked, OutputStream out) throws IOException {
        byte[] block = FILLER;
        if (chunked) {
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            writeChunk(FILLER, chunk);
            block = chunk.toByteArray();
        }
        while (true) {
            out.write(block);
        }
    }

    private Message render(ReplySpec plan, RawRequest request) throws IOException {
        byte[] content = plan.errorCode == null
                ? plan.body
                : ErrorEnvelope.of(
                                plan.errorCode,
                                plan.errorMessage,
                                plan.requestId == null ? nextRequestId() : plan.requestId)
                        .getBytes(StandardCharsets.UTF_8);
        boolean bodiless = plan.status < 200 || plan.status == 204 || plan.status == 304;
        boolean ownFraming = has(plan, "Content-Length") || has(plan, "Transfer-Encoding");
        boolean framed = true;
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(plan.status)
                .append(' ')
                .append(reasonPhrase(plan.status))
                .append("\r\n");
        if (plan.date && !has(plan, "Date")) {
            head.append("Date: ").append(HTTP_DATE.format(clock.instant())).append("\r\n");
        }
        for (ReplySpec.HeaderLine line : plan.headers) {
            head.append(line.name()).append(": ").append(line.value()).append("\r\n");
        }
        if (!bodiless && !ownFraming) {
            if (plan.chunked) {
                head.append("Transfer-Encoding: chunked\r\n");
            } else if (plan.contentLength && !plan.endless) {
                head.append("Content-Length: ").append(content.length).append("\r\n");
            } else {
                framed = false;
            }
        }
        if ((plan.announceClose || !request.keepAlive()) && !plan.close && !has(plan, "Connection")) {
            head.append("Connection: close\r\n");
        }
        head.append("\r\n");
        byte[] body = bodiless || request.method().equals("HEAD") ? NOTHING : content;
        if (plan.chunked && body.length > 0) {
            ByteArrayOutputStream chunks = new ByteArrayOutputStream();
            writeChunk(body, chunks);
            if (!plan.endless) {
                chunks.write(ascii("0\r\n\r\n"));
            }
            body = chunks.toByteArray();
        } else if (plan.chunked && !plan.endless && !bodiless) {
            body = ascii("0\r\n\r\n");
        }
        return new Message(head.toString().getBytes(StandardCharsets.ISO_8859_1), body, framed);
    }

    private String nextRequestId() {
        return idPrefix + String.format(Locale.ROOT, "%08x", ids.incrementAndGet());
    }

    private static boolean has(ReplySpec plan, String header) {
        return plan.headers.stream().anyMatch(line -> line.name().equalsIgnoreCase(header));
    }

    private static void writeChunk(byte[] data, ByteArrayOutputStream to) throws IOException {
        to.write(ascii(Integer.toHexString(data.length) + "\r\n"));
        to.write(data);
        to.write(ascii("\r\n"));
    }

    private static ByteArrayOutputStream concat(byte[] first, ByteArrayOutputStream then) throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream(first.length + then.size());
        both.write(first);
        then.writeTo(both);
        return both;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] filler() {
        byte[] spaces = new byte[8 * 1024];
        Arrays.fill(spaces, (byte) ' ');
        return spaces;
    }

    private static String reasonPhrase(int status) {
        return switch (status) {
            case 100 -> "Continue";
            case 101 -> "Switching Protocols";
            case 102 -> "Processing";
            case 103 -> "Early Hints";
            case 200 -> "OK";
            case 204 -> "No Content";
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 304 -> "Not Modified";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 407 -> "Proxy Authentication Required";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 425 -> "Too Early";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "Status";
        };
    }

    /**
     * An answer in two parts, so that each can be dripped.
     *
     * @param framed whether a client can tell where it ends without the connection being closed
     */
    private record Message(byte[] head, byte[] body, boolean framed) {
        static Message split(byte[] raw) {
            for (int i = 3; i < raw.length; i++) {
                if (raw[i] == '\n' && raw[i - 1] == '\r' && raw[i - 2] == '\n' && raw[i - 3] == '\r') {
                    return new Message(Arrays.copyOf(raw, i + 1), Arrays.copyOfRange(raw, i + 1, raw.length), true);
                }
            }
            return new Message(raw, NOTHING, true);
        }

        Message first(int bytes) {
            int ofHead = Math.min(bytes, head.length);
            int ofBody = Math.min(bytes - ofHead, body.length);
            return new Message(Arrays.copyOf(head, ofHead), Arrays.copyOf(body, ofBody), framed);
        }
    }
}
