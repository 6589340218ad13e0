package com.playtcha.jakarta.internal.config;

import org.jspecify.annotations.Nullable;

/**
 * A value that is set.
 *
 * @param text null if the value is set but cannot be read, which was reported already
 * @param origin such as {@code context-param playtcha.timeout}
 */
public record ConfigValue(@Nullable String text, String origin, Kind kind) {
    /** The kinds of sources. */
    public enum Kind {
        /** The application's own descriptor, or a map that code passes. */
        WEB_XML,
        /** A configuration file. */
        FILE,
        /** A system property or an environment variable. */
        PLATFORM
    }

    boolean isOff() {
        return text != null && Parsers.isOff(text);
    }

    /** Names the origin only, because the text may be a secret. */
    @Override
    public String toString() {
        return "value from " + origin;
    }
}
