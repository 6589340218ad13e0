package com.playtcha.jakarta.internal.config;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A text that is no value of its setting. The message says what is wrong with it and never quotes it. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String before;
    private final @Nullable String quote;
    private final String after;

    Refused(String message) {
        super(message);
        this.before = message;
        this.quote = null;
        this.after = "";
    }

    /**
     * With a part that only some settings may show.
     *
     * @param quote a piece of the text, or something made of it
     */
    Refused(String before, String quote, String after) {
        super(before + Texts.HIDDEN + after);
        this.before = before;
        this.quote = quote;
        this.after = after;
    }

    /** What is wrong, as a clause without a full stop and without the quotation. */
    String reason() {
        return String.valueOf(getMessage());
    }

    /** What is wrong, as a clause without a full stop. */
    String reason(UnaryOperator<String> quoted) {
        return quote == null ? before : before + quoted.apply(quote) + after;
    }
}
