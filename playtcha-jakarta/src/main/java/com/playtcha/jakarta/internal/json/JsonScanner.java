package com.playtcha.jakarta.internal.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Reads a JSON text (RFC 8259) character by character and keeps nothing of it. Providers of JSON-P build a string or a
 * buffer for each value that they pass, up to twelve times the size of the text.
 */
final class JsonScanner {
    private static final int CHUNK = 4096;
    private static final int END = -1;

    private final ByteBuffer bytes;
    private final CharBuffer chars;
    private final CharsetDecoder decoder;
    private final int maxDepth;
    private boolean decoded;
    private int depth;

    JsonScanner(byte[] text, Charset charset, int maxDepth) {
        this.bytes = ByteBuffer.wrap(text);
        // A decoder needs room for the two parts of a surrogate pair.
        this.chars =
                CharBuffer.allocate(Math.max(2, Math.min(text.length, CHUNK))).flip();
        this.decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        this.maxDepth = maxDepth;
    }

    /** Returns the first character of the next token without reading it, or -1 at the end. */
    int peekToken() throws JsonReadException {
        int c = peek();
        while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            chars.get();
            c = peek();
        }
        return c;
    }

    /** Reads white space up to the end of the text. */
    void readEnd() throws JsonReadException {
        if (peekToken() != END) {
            throw new JsonReadException("more than one JSON value");
        }
    }

    /** Reads up to the next member or element of an object or array; returns false once its end was read. */
    boolean readNext(char end, boolean isFirst) throws JsonReadException {
        int c = peekToken();
        if (isFirst) {
            chars.get();
            if (++depth > maxDepth) {
                throw new JsonReadException("nested deeper than " + maxDepth + " levels");
            }
            c = peekToken();
        }
        if (c == end) {
            chars.get();
            depth--;
            return false;
        }
        if (!isFirst) {
            read(',');
        }
        return true;
    }

    /** Reads a member's name and the colon after it, and returns whether it is the expected name. */
    boolean readName(String expected) throws JsonReadException {
        startString();
        boolean isEqual = true;
        int length = 0;
        for (int c = readStringChar(); c != END; c = readStringChar(), length++) {
            isEqual = isEqual && length < expected.length() && expected.charAt(length) == c;
        }
        peekToken();
        read(':');
        return isEqual && length == expected.length();
    }

    /** Reads a string; of a longer one than {@code max}, no more than one character beyond it is returned. */
    String readString(int max) throws JsonReadException {
        startString();
        StringBuilder text = new StringBuilder();
        for (int c = readStringChar(); c != END; c = readStringChar()) {
            if (text.length() <= max) {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    /** Reads a value of any kind. Recursive: the depth is limited. */
    void skipValue() throws JsonReadException {
        switch (peekToken()) {
            case '{' -> {
                for (boolean first = true; readNext('}', first); first = false) {
                    readName("");
                    skipValue();
                }
            }
            case '[' -> {
                for (boolean first = true; readNext(']', first); first = false) {
                    skipValue();
                }
            }
            case '"' -> skipString();
            case 't' -> readLiteral("true");
            case 'f' -> readLiteral("false");
            case 'n' -> readLiteral("null");
            default -> skipNumber();
        }
    }

    private void skipString() throws JsonReadException {
        startString();
        int c = readStringChar();
        while (c != END) {
            c = readStringChar();
        }
    }

    void readLiteral(String literal) throws JsonReadException {
        for (int i = 0; i < literal.length(); i++) {
            read(literal.charAt(i));
        }
    }

    private void skipNumber() throws JsonReadException {
        skipIf('-', '-');
        if (!skipIf('0', '0')) {
            skipDigits();
        }
        if (skipIf('.', '.')) {
            skipDigits();
        }
        if (skipIf('e', 'E')) {
            skipIf('+', '-');
            skipDigits();
        }
    }

    private void skipDigits() throws JsonReadException {
        int c = peek();
        if (c < '0' || c > '9') {
            throw notJson();
        }
        for (; c >= '0' && c <= '9'; c = peek()) {
            chars.get();
        }
    }

    private boolean skipIf(char one, char other) throws JsonReadException {
        int c = peek();
        boolean isEither = c == one || c == other;
        if (isEither) {
            chars.get();
        }
        return isEither;
    }

    private void startString() throws JsonReadException {
        peekToken();
        read('"');
    }

    /** Returns the next character of a string, unescaped, or -1 after its closing quotation mark was read. */
    private int readStringChar() throws JsonReadException {
        char c = read();
        if (c < ' ') {
            throw notJson();
        }
        return c == '"' ? END : c == '\\' ? readEscaped() : c;
    }

    private char readEscaped() throws JsonReadException {
        char c = read();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) (readHex() << 12 | readHex() << 8 | readHex() << 4 | readHex());
            default -> throw notJson();
        };
    }

    private int readHex() throws JsonReadException {
        char c = read();
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw notJson();
        }
        return digit;
    }

    private void read(char expected) throws JsonReadException {
        if (read() != expected) {
            throw notJson();
        }
    }

    private char read() throws JsonReadException {
        if (peek() == END) {
            throw new JsonReadException("cut off");
        }
        return chars.get();
    }

    private int peek() throws JsonReadException {
        if (!chars.hasRemaining() && !decode()) {
            return END;
        }
        return chars.get(chars.position());
    }

    private boolean decode() throws JsonReadException {
        if (decoded) {
            return false;
        }
        chars.clear();
        CoderResult result = decoder.decode(bytes, chars, true);
        if (result.isUnderflow()) {
            result = decoder.flush(chars);
            decoded = result.isUnderflow();
        }
        if (result.isError()) {
            throw new JsonReadException("not valid " + decoder.charset().name());
        }
        chars.flip();
        return chars.hasRemaining();
    }

    private static JsonReadException notJson() {
        return new JsonReadException("not valid JSON");
    }
}
