package com.playtcha.jakarta.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a verify request: a JSON object (RFC 8259) with exactly the string members {@code secret} and
 * {@code token}. Anything else is refused with a reason.
 */
record VerifyBody(String secret, String token) {

    /** Not such a body, and why. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        Malformed(String why) {
            super(why, null, false, false);
            this.why = why;
        }

        String why() {
            return why;
        }
    }

    static VerifyBody parse(byte[] body) throws Malformed {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("the body is not valid UTF-8");
        }
        Map<String, String> members = new Parser(text).object();
        @Nullable String secret = members.remove("secret");
        @Nullable String token = members.remove("token");
        if (secret == null || token == null || !members.isEmpty()) {
            throw new Malformed("the body needs exactly the members secret and token");
        }
        return new VerifyBody(secret, token);
    }

    @Override
    public String toString() {
        return "VerifyBody";
    }

    private static final class Parser {
        private static final char END = '\0';

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Map<String, String> object() throws Malformed {
            Map<String, String> members = new HashMap<>();
            expect('{');
            if (peek() == '}') {
                at++;
            } else {
                member(members);
                while (peek() == ',') {
                    at++;
                    member(members);
                }
                expect('}');
            }
            if (peek() != END) {
                throw new Malformed("something follows the JSON object");
            }
            return members;
        }

        private void member(Map<String, String> members) throws Malformed {
            String name = string();
            expect(':');
            if (members.put(name, string()) != null) {
                throw new Malformed("a member occurs twice");
            }
        }

        private String string() throws Malformed {
            expect('"');
            StringBuilder value = new StringBuilder();
            while (true) {
                char c = next();
                if (c == '"') {
                    return value.toString();
                }
                if (c < ' ') {
                    throw new Malformed("a control character within a string");
                }
                value.append(c == '\\' ? escaped() : c);
            }
        }

        private char escaped() throws Malformed {
            char c = next();
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> unicode();
                default -> throw new Malformed("an escape that JSON does not have");
            };
        }

        private char unicode() throws Malformed {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                char c = next();
                int digit = c < 128 ? Character.digit(c, 16) : -1;
                if (digit < 0) {
                    throw new Malformed("an escape that JSON does not have");
                }
                value = value * 16 + digit;
            }
            return (char) value;
        }

        private char next() throws Malformed {
            if (at == text.length()) {
                throw new Malformed("the JSON object is cut off");
            }
            return text.charAt(at++);
        }

        private char peek() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return at == text.length() ? END : text.charAt(at);
        }

        private void expect(char c) throws Malformed {
            if (peek() != c || at == text.length()) {
                throw new Malformed("not a JSON object of strings");
            }
            at++;
        }
    }
}
