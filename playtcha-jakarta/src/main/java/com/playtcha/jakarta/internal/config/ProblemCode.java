package com.playtcha.jakarta.internal.config;

import java.util.Locale;

/** The kinds of problem and warning. A number is never given to another kind, also when its own kind is gone. */
enum ProblemCode {
    REQUIRED(1),
    UNKNOWN_KEY(2),
    MISPLACED_KEY(3),
    UNDECLARED_GUARD(4),
    GUARD_NAME(5),
    FILTER_NAME_TAKEN(6),
    DURATION(7),
    NUMBER(8),
    BOOLEAN(9),
    CHOICE(10),
    BASE_URL(11),
    PLAIN_HTTP(12),
    PROXY(13),
    TOKEN_SOURCE(14),
    ENCODING(15),
    METHODS(16),
    FAILURE_PATH(17),
    URL_PATTERN(18),
    DISPATCHER(19),
    SECRET(20),
    SECRET_FILE(21),
    SECRET_TWICE(22),
    CONNECT_TIMEOUT(23),
    EXPRESSION(24),
    SOURCE(25),
    OVERRIDDEN(30),
    UNKNOWN_SYSTEM_PROPERTY(31),
    MICROPROFILE_UNUSABLE(32),
    SECRET_EXPRESSION(33),
    NO_TOKEN_SOURCE(34),
    SWITCHED_OFF(35),
    LATE_DIR(36),
    LATE_DATASOURCE(37),
    CALLBACK_PATH(38),
    CALLBACK_KEY(39),
    POLL_URL(40),
    POLL_KEY(41),
    POLL_KEY_FILE(42),
    POLL_KEY_TWICE(43),
    POLL_EXPIRY(44),
    SIZE(45),
    ONE_PER_APPLICATION(46),
    LATE_OFF(47),
    NO_LATE_DIR(48),
    OPEN_CALLBACK(49),
    KEY_WITHOUT_USE(50),
    NO_POLL_KEY(51);

    private final String id;

    ProblemCode(int number) {
        this.id = String.format(Locale.ROOT, "PLAYTCHA-%04d", number);
    }

    /** Such as {@code PLAYTCHA-0007}. */
    String id() {
        return id;
    }
}
