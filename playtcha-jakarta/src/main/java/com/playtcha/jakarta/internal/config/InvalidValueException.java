package com.playtcha.jakarta.internal.config;

/** Thrown for a text that a setting does not allow. The message never quotes the text. */
final class InvalidValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Takes a clause without a full stop. */
    InvalidValueException(String message) {
        super(message);
    }

    static void rejectIf(boolean invalid, String reason) {
        if (invalid) {
            throw new InvalidValueException(reason);
        }
    }
}
