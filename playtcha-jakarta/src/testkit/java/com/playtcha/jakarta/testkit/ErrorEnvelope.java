package com.playtcha.jakarta.testkit;

import java.util.Locale;

/** Writes Playtcha's error envelope. */
final class ErrorEnvelope {
    private static final String DOCS = "https://docs.playtcha.example/errors/";

    private ErrorEnvelope() {}

    static String of(String code, String message, String requestId) {
        return "{\"error\":{\"code\":" + quoted(code) + ",\"message\":" + quoted(message) + ",\"request_id\":"
                + quoted(requestId) + ",\"docs\":" + quoted(DOCS + code) + "}}";
    }

    /** A JSON string. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
