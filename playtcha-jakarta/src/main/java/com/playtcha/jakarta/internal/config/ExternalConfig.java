package com.playtcha.jakarta.internal.config;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A configuration with sources of its own: MicroProfile Config, or that of a framework such as Spring. */
public interface ExternalConfig {

    /** Returns the values of a full name, never empty, in the order in which they apply. */
    List<ConfigValue> find(String name);

    /** Returns the names that are set, in any order; those of other settings too. */
    Iterable<String> names();

    /** Returns the names of variables of the environment that stand in a file, where this configuration does not read them. */
    default Set<String> unreadVariables() {
        return Set.of();
    }

    /** Returns where a problem asks to set a key. */
    default String files() {
        return "MicroProfile Config";
    }

    /**
     * A value that is set.
     *
     * @param text null if the value is set but cannot be read
     * @param origin such as {@code context-param playtcha.timeout}
     */
    record ConfigValue(@Nullable String text, String origin, Kind kind) {

        boolean isOff() {
            return text != null && Parsers.isOff(text);
        }

        /** Names the origin only, because the text may be a secret. */
        @Override
        public String toString() {
            return "value from " + origin;
        }
    }

    /** The kinds of sources. */
    enum Kind {
        /** The application's own descriptor, or a map that code passes. */
        WEB_XML,
        /** A configuration file. */
        FILE,
        /** A system property or an environment variable. */
        PLATFORM
    }
}
