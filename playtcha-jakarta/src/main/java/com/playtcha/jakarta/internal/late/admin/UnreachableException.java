package com.playtcha.jakarta.internal.late.admin;

/** Thrown where neither an application nor a store can be reached; the message says what to do. */
final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message) {
        super(message);
    }
}
