package com.playtcha.jakarta.internal.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the bytes of a connection are a complete answer {@code success: true} of Playtcha (contract, sections 1 and 2).
 * Shares no code with the library, and is lenient only where a line of the head may be written in several ways.
 */
final class StrictAnswer {
    /** Whatever the version says and the blanks around it, which decide nothing here. */
    private static final Pattern STATUS = Pattern.compile("\\s*HTTP\\s*/.*?\\s+0*([0-9]{3})(?:\\s.*)?", Pattern.DOTALL);

    private static final Pattern STRING =
            Pattern.compile("\"((?:[^\"\\\\\\x00-\\x1f]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*+)\"");
    private static final Pattern LITERAL =
            Pattern.compile("true|false|null|-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");
    private static final int MAX_BODY = 64 * 1024;
    private static final int MAX_DEPTH = 32;

    private final String bytes;
    private int at;

    private String json = "";
    private int verdicts;

    private StrictAnswer(String bytes) {
        this.bytes = bytes;
    }

    static boolean isSuccess(byte[] bytes) {
        try {
            return new StrictAnswer(new String(bytes, StandardCharsets.ISO_8859_1)).isSuccess();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | CharacterCodingException e) {
            return false;
        }
    }

    private boolean isSuccess() throws CharacterCodingException {
        int status;
        List<String> head = new ArrayList<>();
        do {
            head.clear();
            for (String line = line(); !line.isEmpty() || head.isEmpty(); line = line()) {
                if (!head.isEmpty() && (line.startsWith(" ") || line.startsWith("\t"))) {
                    // Folded, as RFC 9112 says in section 5.2.
                    line = head.remove(head.size() - 1) + " " + line.strip();
                }
                if (!line.isEmpty()) {
                    head.add(line);
                }
            }
            Matcher first = STATUS.matcher(head.get(0));
            require(first.matches());
            status = Integer.parseInt(first.group(1));
        } while (status < 200);
        require(status / 100 == 2 && status != 204);
        String encoding = header(head, "content-encoding", "identity");
        require(encoding.equalsIgnoreCase("identity"));
        String length = header(head, "content-length", "");
        String body =
                header(head, "transfer-encoding", "").toLowerCase(Locale.ROOT).contains("chunked")
                        ? chunks()
                        : bytes.substring(at, length.isEmpty() ? bytes.length() : at + Integer.parseInt(length));
        require(body.length() <= MAX_BODY);
        json = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(body.getBytes(StandardCharsets.ISO_8859_1)))
                .toString();
        at = 0;
        require(next() == '{');
        value(1);
        require(next() == '\0' && verdicts == 1);
        return true;
    }

    private static String header(List<String> head, String name, String otherwise) {
        String found = otherwise;
        for (String line : head.subList(1, head.size())) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equalsIgnoreCase(name)) {
                found = line.substring(colon + 1).strip();
            }
        }
        return found;
    }

    private String line() {
        int end = bytes.indexOf('\n', at);
        String line = bytes.substring(at, end);
        at = end + 1;
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private String chunks() {
        StringBuilder body = new StringBuilder();
        for (int size = -1; size != 0; ) {
            size = Integer.parseInt(line().replaceFirst("(?s);.*", "").strip(), 16);
            body.append(bytes, at, at + size);
            at += size;
            require(size == 0 || line().isEmpty());
        }
        while (!line().isEmpty()) {
            require(at < bytes.length());
        }
        return body.toString();
    }

    /** Reads one value; throws IllegalArgumentException where it is none. */
    private void value(int depth) {
        char c = next();
        if (c == '"') {
            string();
        } else if (c == '{' || c == '[') {
            require(depth <= MAX_DEPTH);
            char end = c == '{' ? '}' : ']';
            at++;
            Set<String> names = new HashSet<>();
            for (boolean first = true; next() != end; first = false) {
                require(first || json.charAt(at++) == ',');
                if (c == '{') {
                    next();
                    String name = string();
                    require(names.add(name) && next() == ':');
                    at++;
                    if (depth == 1 && name.equals("success")) {
                        next();
                        require(json.startsWith("true", at));
                        verdicts++;
                    }
                }
                value(depth + 1);
            }
            at++;
        } else {
            Matcher literal = LITERAL.matcher(json).region(at, json.length());
            require(literal.lookingAt());
            at = literal.end();
        }
    }

    private String string() {
        Matcher string = STRING.matcher(json).region(at, json.length());
        require(string.lookingAt());
        at = string.end();
        return Pattern.compile("\\\\u([0-9a-fA-F]{4})")
                .matcher(string.group(1))
                .replaceAll(escape ->
                        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(escape.group(1), 16))));
    }

    /** Returns the next character that is not white space, NUL at the end. */
    private char next() {
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
        return at < json.length() ? json.charAt(at) : '\0';
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
