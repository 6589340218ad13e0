package com.playtcha.jakarta.internal.config;

import org.jspecify.annotations.Nullable;

/** Thrown for a text that a setting does not allow. The message never quotes the text. */
final class InvalidValueException extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable String detail;

    /** Takes a clause without a full stop. */
    InvalidValueException(String message) {
        this(message, null);
    }

    /** Takes a part of the text, which follows the message where the setting's values may be shown. */
    InvalidValueException(String message, @Nullable String detail) {
        super(message);
        this.detail = detail;
    }

    @Nullable
    String detail() {
        return detail;
    }
}
