package com.playtcha.jakarta.internal.config;

import java.util.List;

/** A configuration with sources of its own: MicroProfile Config, or that of a framework such as Spring. */
public interface ExternalConfig {

    /** Returns the values of a full name, never empty, in the order in which they apply. */
    List<ConfigValue> find(String name);

    /** Returns the names that are set, in any order; those of other settings too. */
    Iterable<String> names();
}
