package com.playtcha.jakarta.config;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Property expressions as MicroProfile Config (section "Property Expressions") has them: {@code ${name}},
 * {@code ${name:default}}, either nested, and {@code \${} for the characters themselves.
 */
final class Expressions {
    /** Names that refer to names double in length at each step; this bounds what they can grow to. */
    private static final int LONGEST = 64 * 1024;

    private static final String OPEN = "${";
    private static final String ESCAPED = "\\${";

    private final Names names;

    /** Where a name's own text is looked up. */
    interface Names {
        /** The value as written; null or empty where the name is not set. */
        @Nullable
        String raw(String name);
    }

    Expressions(Names names) {
        this.names = names;
    }

    /** The text with every expression replaced. */
    String expand(String text) throws Refused {
        return expand(text, new LinkedHashSet<>());
    }

    private String expand(String text, Set<String> within) throws Refused {
        if (!text.contains(OPEN)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith(ESCAPED, at)) {
                out.append(OPEN);
                at += ESCAPED.length();
            } else if (text.startsWith(OPEN, at)) {
                int end = end(text, at + OPEN.length());
                out.append(value(text.substring(at + OPEN.length(), end), within));
                at = end + 1;
            } else {
                out.append(text.charAt(at++));
            }
            if (out.length() > LONGEST) {
                throw new Refused("its expressions expand to more than 64 KiB");
            }
        }
        return out.toString();
    }

    private static int end(String text, int from) throws Refused {
        int depth = 1;
        for (int i = from; i < text.length(); i++) {
            if (text.startsWith(OPEN, i)) {
                depth++;
            } else if (text.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        throw new Refused("it has an expression without its closing brace");
    }

    private String value(String body, Set<String> within) throws Refused {
        int colon = colon(body);
        String writtenName = colon < 0 ? body : body.substring(0, colon);
        String name = expand(writtenName, within);
        String raw = names.raw(name);
        if (raw != null && !raw.isEmpty()) {
            if (!within.add(name)) {
                throw new Refused("its expression " + Texts.quoted(writtenName) + " leads back to itself");
            }
            String value = expand(raw, within);
            within.remove(name);
            if (!value.isEmpty()) {
                return value;
            }
        }
        if (colon < 0) {
            throw new Refused(
                    "its expression " + Texts.quoted(writtenName) + " is not set anywhere and has no default");
        }
        return expand(body.substring(colon + 1), within);
    }

    /** The colon before the default: the first one outside of nested expressions. */
    private static int colon(String body) {
        int depth = 0;
        for (int i = 0; i < body.length(); i++) {
            if (body.startsWith(OPEN, i)) {
                depth++;
            } else if (body.charAt(i) == '}') {
                depth--;
            } else if (body.charAt(i) == ':' && depth == 0) {
                return i;
            }
        }
        return -1;
    }
}
