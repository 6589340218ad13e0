package com.playtcha.jakarta.internal.json;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Pointer (RFC 6901).
 *
 * @param text as written, such as {@code /form/playtchaToken}
 * @param tokens its reference tokens, unescaped
 */
public record JsonPointer(String text, List<String> tokens) {
    /**
     * What a text has where a pointer leads.
     *
     * @param string null but for the kind {@code STRING}
     */
    public record Match(Kind kind, @Nullable String string) {
        static final Match ABSENT = new Match(Kind.ABSENT, null);
        static final Match OTHER = new Match(Kind.OTHER, null);
        static final Match REPEATED = new Match(Kind.REPEATED, null);

        /** {@code ABSENT} for JSON null too; {@code REPEATED} where a member that the pointer names occurs twice. */
        public enum Kind {
            ABSENT,
            STRING,
            OTHER,
            REPEATED
        }
    }

    /** Copies the tokens. */
    public JsonPointer {
        tokens = List.copyOf(tokens);
    }

    /** Parses a pointer that starts with a slash; throws {@code IllegalArgumentException} for any other text. */
    public static JsonPointer parse(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("a JSON pointer starts with /");
        }
        List<String> tokens = new ArrayList<>();
        for (String raw : text.substring(1).split("/", -1)) {
            if (raw.replace("~0", "").replace("~1", "").contains("~")) {
                throw new IllegalArgumentException("~ is allowed only in ~0 and ~1 (RFC 6901, section 3)");
            }
            tokens.add(raw.replace("~1", "/").replace("~0", "~"));
        }
        return new JsonPointer(text, tokens);
    }

    /**
     * Finds the value in a JSON text, in memory that does not grow with the text. The text has to be valid, but a member
     * that occurs twice counts only where the pointer names it.
     *
     * @param maxDepth how deep arrays and objects may nest, the outermost counted
     * @param maxLength of a longer string, no more than one character beyond it is returned
     */
    public Match find(byte[] text, Charset charset, int maxDepth, int maxLength) throws JsonReadException {
        JsonScanner scanner = new JsonScanner(text, charset, maxDepth);
        Match match = find(scanner, 0, maxLength);
        scanner.readEnd();
        return match;
    }

    private Match find(JsonScanner scanner, int at, int maxLength) throws JsonReadException {
        int first = scanner.peekToken();
        if (at == tokens.size()) {
            return value(scanner, first, maxLength);
        }
        Match match = Match.ABSENT;
        if (first == '{') {
            boolean found = false;
            for (boolean isFirst = true; scanner.readNext('}', isFirst); isFirst = false) {
                boolean isNamed = scanner.readName(tokens.get(at));
                if (isNamed && !found) {
                    match = find(scanner, at + 1, maxLength);
                    found = true;
                } else {
                    match = isNamed ? Match.REPEATED : match;
                    scanner.skipValue();
                }
            }
        } else if (first == '[') {
            int wanted = tokens.get(at).matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(tokens.get(at)) : -1;
            for (int i = 0; scanner.readNext(']', i == 0); i++) {
                if (i == wanted) {
                    match = find(scanner, at + 1, maxLength);
                } else {
                    scanner.skipValue();
                }
            }
        } else {
            scanner.skipValue();
        }
        return match;
    }

    private static Match value(JsonScanner scanner, int first, int maxLength) throws JsonReadException {
        if (first == '"') {
            return new Match(Match.Kind.STRING, scanner.readString(maxLength));
        }
        scanner.skipValue();
        return first == 'n' ? Match.ABSENT : Match.OTHER;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonPointer that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
