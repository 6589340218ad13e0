package com.playtcha.jakarta.it.bench.faults;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A verdict of the service, as bytes in each framing of HTTP/1.1. */
record Answer(String status, String type, String body) {
    static final Answer GOOD =
            new Answer("200 OK", "application/json", "{\"success\":true,\"degraded\":false,\"more\":{\"id\":\"c-1\"}}");
    static final List<Answer> REFUSALS = List.of(
            new Answer("200 OK", "application/json", "{\"success\":false,\"degraded\":false}"),
            refusal("401 Unauthorized", "token_invalid"),
            refusal("409 Conflict", "already_redeemed"),
            refusal("410 Gone", "token_expired"),
            new Answer("403 Forbidden", "text/html", "<h1>Forbidden</h1>"));

    private static Answer refusal(String status, String code) {
        String envelope = "{\"error\":{\"code\":\"" + code + "\",\"message\":\"No.\",\"request_id\":\"req_1\"}}";
        return new Answer(status, "application/json", envelope);
    }

    /** Returns the answer with this body in place of its own. */
    Answer with(String other) {
        return new Answer(status, type, other);
    }

    int code() {
        return Integer.parseInt(status.substring(0, 3));
    }

    byte[] withLength() {
        return bytes("Content-Length: " + body.length() + "\r\n", body);
    }

    /** In two chunks with an extension, and a trailer. */
    byte[] chunked() {
        int half = body.length() / 2;
        return bytes(
                "Transfer-Encoding: chunked\r\n",
                chunk(0, half) + chunk(half, body.length()) + "0\r\nX-Sum: 7\r\n\r\n");
    }

    private String chunk(int from, int to) {
        return Integer.toHexString(to - from) + ";part=1\r\n" + body.substring(from, to) + "\r\n";
    }

    /** It ends where the connection does. */
    byte[] untilClose() {
        return bytes("Connection: close\r\n", body);
    }

    /** With these lines of the head, each ending in a line break. */
    byte[] bytes(String lines, String content) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\n" + lines + "\r\n" + content)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
