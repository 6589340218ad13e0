package com.playtcha.jakarta.internal.config;

import java.util.Locale;

/** The kinds of problems and warnings. The number of a kind that is gone is not used again. */
enum ProblemCode {
    REQUIRED(1),
    UNKNOWN_KEY(2),
    MISPLACED_KEY(3),
    UNDECLARED_GUARD(4),
    FILTER_NAME_TAKEN(6),
    INVALID_VALUE(7),
    PLAIN_HTTP(12),
    SECRET_TWICE(22),
    CONNECT_TIMEOUT(23),
    SOURCE_FAILED(25),
    OVERRIDDEN(30),
    UNKNOWN_SYSTEM_PROPERTY(31),
    MICROPROFILE_UNUSABLE(32),
    SECRET_EXPRESSION(33),
    SWITCHED_OFF(35),
    LATE_OFF(47),
    NO_LATE_DIR(48),
    OPEN_CALLBACK(49),
    HTTP_CLIENT(52);

    private final int number;

    ProblemCode(int number) {
        this.number = number;
    }

    /** Such as {@code PLAYTCHA-0007}. */
    String id() {
        return String.format(Locale.ROOT, "PLAYTCHA-%04d", number);
    }
}
