package com.playtcha.jakarta.internal.config;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Property expressions as MicroProfile Config (section "Property Expressions") has them: {@code ${name}},
 * {@code ${name:default}}, either nested, and a backslash before the dollar sign for the characters themselves. It differs in one point: a name
 * whose value is empty is not set, as everywhere in the contract's section 4, so that its default, or a problem, follows.
 */
final class Expressions {
    /** Names that refer to names can double in number at each step; these bound what they can grow to. */
    private static final int LONGEST = 64 * 1024;

    private static final int MOST = 1000;
    private static final int DEEPEST = 50;

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
        return new Run().expand(text);
    }

    /** The expansion of one value. */
    private final class Run {
        private final Set<String> within = new HashSet<>();
        private int count;
        private int depth;
        private String outermost = "";

        String expand(String text) throws Refused {
            if (!text.contains(OPEN)) {
                return text;
            }
            if (++depth > DEEPEST) {
                throw new Refused("its expressions are nested too deeply");
            }
            StringBuilder out = new StringBuilder();
            int at = 0;
            while (at < text.length()) {
                if (text.startsWith(ESCAPED, at)) {
                    out.append(OPEN);
                    at += ESCAPED.length();
                } else if (text.startsWith(OPEN, at)) {
                    int end = end(text, at + OPEN.length());
                    out.append(value(text.substring(at + OPEN.length(), end)));
                    at = end + 1;
                } else {
                    out.append(text.charAt(at++));
                }
                if (out.length() > LONGEST) {
                    throw new Refused("its expressions expand to more than 64 KiB");
                }
            }
            depth--;
            return out.toString();
        }

        private String value(String body) throws Refused {
            if (++count > MOST) {
                throw new Refused("it leads to more than " + MOST + " expressions");
            }
            int colon = colon(body);
            String writtenName = colon < 0 ? body : body.substring(0, colon);
            String name = expand(writtenName);
            String raw = names.raw(name);
            if (raw != null && !raw.isEmpty()) {
                if (within.isEmpty()) {
                    outermost = writtenName;
                }
                if (!within.add(name)) {
                    throw refused(writtenName, "leads back to itself");
                }
                String value = expand(raw);
                within.remove(name);
                if (!value.isEmpty()) {
                    return value;
                }
            }
            if (colon < 0) {
                throw refused(writtenName, "is not set anywhere and has no default");
            }
            return expand(body.substring(colon + 1));
        }

        /** Names only what stands in the text itself: what it leads to may be a part of another's password. */
        private Refused refused(String writtenName, String what) {
            return within.isEmpty()
                    ? new Refused("its expression ", writtenName, " " + what)
                    : new Refused("its expression ", outermost, " leads to one that " + what);
        }
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
