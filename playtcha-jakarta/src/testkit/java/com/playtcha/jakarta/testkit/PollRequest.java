package com.playtcha.jakarta.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A poll, parsed from an HTTP request. */
record PollRequest(String id, @Nullable String key) {

    /**
     * Reads one.
     *
     * @throws VerifyRequest.Refused for what is no poll
     */
    static PollRequest read(RawRequest request, String path) throws VerifyRequest.Refused {
        RawRequest.Problem problem = request.problem();
        if (problem != null) {
            throw refused("unreadable", problem.status(), problem.text());
        }
        int question = request.target().indexOf('?');
        String asked = question < 0 ? request.target() : request.target().substring(0, question);
        // Never the query: it holds the key.
        String what = request.method() + " " + asked;
        if (!asked.equals(path)) {
            throw refused(what, 404, "there is nothing but " + path);
        }
        if (!request.method().equals("GET")) {
            throw refused(what, 405, "only GET is allowed");
        }
        if (request.body().length > 0) {
            throw refused(what, 400, "a poll has no body");
        }
        Map<String, String> parameters;
        try {
            parameters = parameters(question < 0 ? "" : request.target().substring(question + 1));
        } catch (IllegalArgumentException e) {
            throw refused(what, 400, String.valueOf(e.getMessage()));
        }
        String id = parameters.get("id");
        if (id == null || id.isEmpty()) {
            throw refused(what, 400, "id is missing");
        }
        if (!"get".equals(parameters.get("action")) || !"1".equals(parameters.get("json"))) {
            throw refused(what, 400, "action=get and json=1 are required");
        }
        return new PollRequest(id, parameters.get("key"));
    }

    private static VerifyRequest.Refused refused(String what, int status, String why) {
        return new VerifyRequest.Refused(
                what + ": " + status + ", " + why,
                Reply.status(status)
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .body(why));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            if (parameters.put(name, value) != null) {
                throw new IllegalArgumentException("a parameter stands twice");
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException("% is not followed by two hex digits");
                }
                bytes.write(high * 16 + low);
                i += 2;
            } else if (c > '~' || c < '!') {
                throw new IllegalArgumentException("a character that has to be percent-encoded");
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }

    @Override
    public String toString() {
        return "PollRequest";
    }
}
