package com.playtcha.jakarta.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A scripted answer or fault of a {@link PlaytchaStandIn}, {@link ResultServiceStandIn} or {@link StandInProxy}. Immutable: every method gives a new
 * reply, so one can be kept in a constant and varied.
 *
 * <pre>{@code
 * Reply.ok().delay(Duration.ofMillis(300));
 * Reply.error(429, "rate_limited_ip", "Too many requests").header("Retry-After", "7");
 * Reply.ok().truncateAfter(40);
 * Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[1,").thenClose();
 * }</pre>
 *
 * <p>What is played, in this order: wait for {@link #holdUntil}, then for {@link #delay}; {@link #hang()} or
 * {@link #closeWithoutAnswer()} if asked for; {@link #interim} responses; the answer, cut where
 * {@link #truncateAfter} or {@link #resetConnection(int)} says; {@link #endless()} bytes; extra bytes; closing. A client
 * that closes its connection meanwhile ends it all at once.
 *
 * @since 0.1
 */
public final class Reply {
    final ReplySpec plan;

    private Reply(ReplySpec plan) {
        this.plan = plan;
    }

    /**
     * The token is good: 200 with {@code {"success":true,"degraded":false}}.
     *
     * @return a new reply
     */
    public static Reply ok() {
        return json(200, "{\"success\":true,\"degraded\":false}");
    }

    /**
     * The token is good, the project is over its usage band: 200 with {@code {"success":true,"degraded":true}}.
     *
     * @return a new reply
     */
    public static Reply okDegraded() {
        return json(200, "{\"success\":true,\"degraded\":true}");
    }

    /**
     * 200 with {@code {"success":false,"degraded":false}}.
     *
     * @return a new reply
     */
    public static Reply successFalse() {
        return json(200, "{\"success\":false,\"degraded\":false}");
    }

    /**
     * Playtcha's error envelope: {@code {"error":{"code":…,"message":…,"request_id":"req_…","docs":…}}}. Each time the
     * reply is sent it carries another {@code request_id}, unless {@link #requestId} sets one.
     *
     * @param status from 100 to 999
     * @param code such as {@code token_invalid}
     * @param message any text
     * @return a new reply
     */
    public static Reply error(int status, String code, String message) {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        return status(status).header("Content-Type", "application/json").with(plan -> {
            plan.errorCode = code;
            plan.errorMessage = message;
        });
    }

    /**
     * An answer of type {@code application/json}.
     *
     * @param status from 100 to 999
     * @param body sent as it is, in UTF-8; need not be JSON
     * @return a new reply
     */
    public static Reply json(int status, String body) {
        return status(status).header("Content-Type", "application/json").body(body);
    }

    /**
     * Returns an answer without a body.
     *
     * @param status from 100 to 999
     * @return a new reply
     */
    public static Reply status(int status) {
        requireStatus(status);
        return new Reply(new ReplySpec()).with(plan -> plan.status = status);
    }

    /**
     * Returns an answer of exactly these bytes. Nothing is added, and settings of headers, body or framing do not apply. The connection stays
     * open afterwards unless {@link #thenClose()} is said.
     *
     * @param bytes copied
     * @return a new reply
     */
    public static Reply raw(byte[] bytes) {
        byte[] copy = bytes.clone();
        return new Reply(new ReplySpec()).with(plan -> plan.raw = copy);
    }

    /**
     * Exactly this text, see {@link #raw(byte[])}.
     *
     * @param text sent in UTF-8; line ends are written out, as {@code \r\n}
     * @return a new reply
     */
    public static Reply raw(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the request and never answers it; the connection stays open until the client, {@code reset()} or
     * {@code close()} ends it.
     *
     * @return a new reply
     */
    public static Reply hang() {
        return status(200).with(plan -> plan.hang = true);
    }

    /**
     * Reads the request and closes the connection normally, without a byte of an answer.
     *
     * @return a new reply
     */
    public static Reply closeWithoutAnswer() {
        return status(200).with(plan -> plan.silentClose = true);
    }

    /**
     * Reads the request and resets the connection (TCP RST), without a byte of an answer.
     *
     * @return a new reply
     */
    public static Reply resetConnection() {
        return status(200).resetConnection(0);
    }

    /**
     * Adds a header line. {@code Content-Type}, {@code Content-Length}, {@code Transfer-Encoding}, {@code Date} and
     * {@code Connection} replace the ones that the stand-in writes, and are not checked against the body.
     *
     * @param name a header name
     * @param value sent in ISO-8859-1; no line break, see {@link #raw(String)} for such
     * @return a new reply
     */
    public Reply header(String name, String value) {
        if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c == ':' || c > '~')) {
            throw new IllegalArgumentException("not a header name: " + name);
        }
        if (value.chars().anyMatch(c -> c == '\r' || c == '\n')) {
            throw new IllegalArgumentException("a header value has no line break; Reply.raw sends such");
        }
        return with(plan -> {
            boolean single = name.equalsIgnoreCase("Content-Type");
            List<ReplySpec.HeaderLine> lines = new ArrayList<>(plan.headers);
            if (single) {
                lines.removeIf(line -> line.name().equalsIgnoreCase(name));
            }
            lines.add(new ReplySpec.HeaderLine(name, value));
            plan.headers = List.copyOf(lines);
        });
    }

    /**
     * Replaces the body.
     *
     * @param text sent in UTF-8
     * @return a new reply
     */
    public Reply body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Replaces the body.
     *
     * @param bytes copied
     * @return a new reply
     */
    public Reply body(byte[] bytes) {
        byte[] copy = bytes.clone();
        return with(plan -> {
            plan.body = copy;
            plan.errorCode = null;
        });
    }

    /**
     * Fixes the {@code request_id} of {@link #error}.
     *
     * @param id any text
     * @return a new reply
     */
    public Reply requestId(String id) {
        Objects.requireNonNull(id, "id");
        return with(plan -> plan.requestId = id);
    }

    /**
     * Waits before the first byte.
     *
     * @param time zero or longer
     * @return a new reply
     */
    public Reply delay(Duration time) {
        requireNotNegative(time);
        return with(plan -> plan.delay = time);
    }

    /**
     * Waits before the first byte until the latch is down: a test decides when the answer comes.
     *
     * @param latch may be down already
     * @return a new reply
     */
    public Reply holdUntil(CountDownLatch latch) {
        Objects.requireNonNull(latch, "latch");
        return with(plan -> plan.latch = latch);
    }

    /**
     * Waits before the first byte until the stage is complete, normally or not.
     *
     * @param stage such as a {@code CompletableFuture}
     * @return a new reply
     */
    public Reply holdUntil(CompletionStage<?> stage) {
        Objects.requireNonNull(stage, "stage");
        return with(plan -> plan.release = stage.toCompletableFuture());
    }

    /**
     * Sends an informational response before the answer, such as 102 or 103. Can be called repeatedly.
     *
     * @param status from 100 to 199
     * @return a new reply
     */
    public Reply interim(int status) {
        return interim(status, Duration.ZERO);
    }

    /**
     * Sends an informational response before the answer. Can be called repeatedly.
     *
     * @param status from 100 to 199
     * @param after how long to wait before it
     * @return a new reply
     */
    public Reply interim(int status, Duration after) {
        if (status < 100 || status > 199) {
            throw new IllegalArgumentException("not an informational status: " + status);
        }
        requireNotNegative(after);
        return with(plan -> plan.interims = appended(plan.interims, new ReplySpec.Interim(status, after)));
    }

    /**
     * Sends status line and headers one byte at a time.
     *
     * @param gap between two bytes
     * @return a new reply
     */
    public Reply dripHeaders(Duration gap) {
        requireNotNegative(gap);
        return with(plan -> plan.headGap = gap);
    }

    /**
     * Sends the body one byte at a time, after the head in one piece.
     *
     * @param gap between two bytes
     * @return a new reply
     */
    public Reply dripBody(Duration gap) {
        requireNotNegative(gap);
        return with(plan -> plan.bodyGap = gap);
    }

    /**
     * Sends only the first bytes of the answer, including the head, and closes the connection normally.
     *
     * @param bytes zero or more
     * @return a new reply
     */
    public Reply truncateAfter(int bytes) {
        requireCount(bytes);
        return with(plan -> {
            plan.cutAfter = bytes;
            plan.reset = false;
        });
    }

    /**
     * Sends only the first bytes of the answer, including the head, and resets the connection (TCP RST).
     *
     * @param afterBytes zero or more
     * @return a new reply
     */
    public Reply resetConnection(int afterBytes) {
        requireCount(afterBytes);
        return with(plan -> {
            plan.cutAfter = afterBytes;
            plan.reset = true;
        });
    }

    /**
     * Closes the connection after the answer without announcing it.
     *
     * @return a new reply
     */
    public Reply thenClose() {
        return with(plan -> plan.close = true);
    }

    /**
     * Closes the connection some time after the answer without announcing it, as a server does with an idle
     * connection.
     *
     * @param time after the answer and its extra bytes
     * @return a new reply
     */
    public Reply thenCloseAfter(Duration time) {
        return thenExtraBytesAfter(time, new byte[0]).thenClose();
    }

    /**
     * Says {@code Connection: close} and closes the connection after the answer.
     *
     * @return a new reply
     */
    public Reply announceClose() {
        return with(plan -> plan.announceClose = true);
    }

    /**
     * Sends bytes that belong to no answer, in the same write as the end of the answer; they wait on a connection that
     * is kept alive.
     *
     * @param bytes copied
     * @return a new reply
     */
    public Reply thenExtraBytes(byte[] bytes) {
        return thenExtraBytesAfter(Duration.ZERO, bytes);
    }

    /**
     * Sends text that belongs to no answer, see {@link #thenExtraBytes(byte[])}.
     *
     * @param text sent in UTF-8
     * @return a new reply
     */
    public Reply thenExtraBytes(String text) {
        return thenExtraBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends bytes that belong to no answer, some time after the answer. The next answer on the connection comes after
     * them.
     *
     * @param time after the answer, or after the extra bytes before
     * @param bytes copied
     * @return a new reply
     */
    public Reply thenExtraBytesAfter(Duration time, byte[] bytes) {
        requireNotNegative(time);
        byte[] copy = bytes.clone();
        return with(plan -> plan.extras = appended(plan.extras, new ReplySpec.Extra(time, copy)));
    }

    /**
     * Sends text that belongs to no answer, see {@link #thenExtraBytesAfter(Duration, byte[])}.
     *
     * @param time after the answer, or after the extra bytes before
     * @param text sent in UTF-8
     * @return a new reply
     */
    public Reply thenExtraBytesAfter(Duration time, String text) {
        return thenExtraBytesAfter(time, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends the body in the chunked transfer coding.
     *
     * @return a new reply
     */
    public Reply chunked() {
        return with(plan -> plan.chunked = true);
    }

    /**
     * Leaves out Content-Length: the body ends where the connection is closed, which a cut one looks like too.
     *
     * @return a new reply
     */
    public Reply withoutContentLength() {
        return with(plan -> plan.contentLength = false);
    }

    /**
     * Leaves out Date.
     *
     * @return a new reply
     */
    public Reply withoutDate() {
        return with(plan -> plan.date = false);
    }

    /**
     * Sends the body, then white space as fast as the client reads it, without an end. Without Content-Length; chunked if
     * {@link #chunked()} says so.
     *
     * @return a new reply
     */
    public Reply endless() {
        return with(plan -> plan.endless = true);
    }

    private Reply with(Consumer<ReplySpec> change) {
        ReplySpec changed = plan.copy();
        change.accept(changed);
        return new Reply(changed);
    }

    private static <T> List<T> appended(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return List.copyOf(longer);
    }

    private static void requireStatus(int status) {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("not a status: " + status);
        }
    }

    private static void requireNotNegative(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("a negative time: " + time);
        }
    }

    private static void requireCount(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a negative number of bytes: " + bytes);
        }
    }
}
