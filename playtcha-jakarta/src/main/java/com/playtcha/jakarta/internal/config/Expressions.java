package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.InvalidValueException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Property expressions of MicroProfile Config: <code>${name}</code>, <code>${name:default}</code>, either nested, and a
 * backslash before the dollar sign as escape. Unlike there, a name with an empty value is not set.
 */
final class Expressions {
    /** Names can refer to each other. */
    private static final int DEEPEST = 32;

    private static final String OPEN = "${";

    private final Function<String, @Nullable String> values;

    /** Takes a function from a name to its value as written, null or empty if it is not set. */
    Expressions(Function<String, @Nullable String> values) {
        this.values = values;
    }

    /** Replaces every expression in a text. */
    String expand(String text) throws InvalidValueException {
        return expand(text, 0);
    }

    private String expand(String text, int depth) throws InvalidValueException {
        if (depth > DEEPEST) {
            throw new InvalidValueException("its expressions are nested too deeply or refer to each other");
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
            int start = open + OPEN.length();
            if (open > at && text.charAt(open - 1) == '\\') {
                out.append(text, at, open - 1).append(OPEN);
                at = start;
            } else {
                int end = indexOf('}', text, start);
                if (end < 0) {
                    throw new InvalidValueException("it has an expression without its closing brace");
                }
                out.append(text, at, open).append(resolve(text.substring(start, end), depth));
                at = end + 1;
            }
        }
        return out.append(text, at, text.length()).toString();
    }

    private String resolve(String expression, int depth) throws InvalidValueException {
        int colon = indexOf(':', expression, 0);
        String name = expand(colon < 0 ? expression : expression.substring(0, colon), depth + 1);
        String value = values.apply(name);
        if (value != null) {
            String expanded = expand(value, depth + 1);
            if (!expanded.isEmpty()) {
                return expanded;
            }
        }
        if (colon < 0) {
            throw new InvalidValueException("it has an expression that is not set anywhere and has no default");
        }
        return expand(expression.substring(colon + 1), depth + 1);
    }

    /** The first such character outside of nested expressions, or -1. */
    private static int indexOf(char wanted, String text, int from) {
        int nested = 0;
        for (int i = from; i < text.length(); i++) {
            if (nested == 0 && text.charAt(i) == wanted) {
                return i;
            }
            if (text.startsWith(OPEN, i)) {
                nested++;
            } else if (text.charAt(i) == '}') {
                nested--;
            }
        }
        return -1;
    }
}
