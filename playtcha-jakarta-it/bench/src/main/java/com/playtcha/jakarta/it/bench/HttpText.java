package com.playtcha.jakarta.it.bench;

import java.util.Locale;

/** As much of HTTP/1.1 as messages with a {@code Content-Length} need. */
public final class HttpText {
    private HttpText() {}

    /** Whether head and body have arrived. */
    public static boolean isComplete(String message) {
        int head = message.indexOf("\r\n\r\n");
        return head >= 0 && message.length() >= head + 4 + contentLength(message.substring(0, head));
    }

    public static int status(String response) {
        return Integer.parseInt(response.substring(9, 12));
    }

    private static int contentLength(String head) {
        int at = head.toLowerCase(Locale.ROOT).indexOf("content-length:");
        if (at < 0) {
            return 0;
        }
        int end = head.indexOf('\r', at);
        return Integer.parseInt(
                head.substring(at + 15, end < 0 ? head.length() : end).strip());
    }
}
