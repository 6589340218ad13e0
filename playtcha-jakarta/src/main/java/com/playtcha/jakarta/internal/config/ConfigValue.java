package com.playtcha.jakarta.internal.config;

import org.jspecify.annotations.Nullable;

/**
 * A value that is set.
 *
 * @param text null if the value is set but cannot be read, which was reported already
 * @param origin such as {@code context-param playtcha.timeout}
 * @param webXml whether the application's own descriptor sets it
 */
record ConfigValue(@Nullable String text, String origin, boolean webXml) {

    boolean isOff() {
        return text != null && Parsers.isOff(text);
    }

    /** Names the origin only, because the text may be a secret. */
    @Override
    public String toString() {
        return "value from " + origin;
    }
}
