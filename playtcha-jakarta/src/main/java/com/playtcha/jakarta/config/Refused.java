package com.playtcha.jakarta.config;

/** A text that is no value of its setting. The message says what is wrong with it and never quotes it. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
        super(message);
    }

    /** What is wrong, as a clause without a full stop. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
