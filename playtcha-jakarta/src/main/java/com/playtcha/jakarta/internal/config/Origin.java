package com.playtcha.jakarta.internal.config;

/**
 * Where a value came from.
 *
 * @param where such as {@code context-param playtcha.timeout}
 * @param webXml whether the application's own descriptor (or code in its place) says so
 */
record Origin(Sentence where, boolean webXml) {

    static Origin values() {
        return new Origin(mask -> "the given values", true);
    }

    static Origin initParam(String filter, String key) {
        return new Origin(mask -> "init-param " + mask.plain(key) + " of filter '" + mask.plain(filter) + "'", true);
    }

    static Origin contextParam(String name) {
        return new Origin(mask -> "context-param " + mask.plain(name), true);
    }

    static Origin systemProperty(String name) {
        return new Origin(mask -> "system property " + mask.plain(name), false);
    }

    static Origin environment(String variable) {
        return new Origin(mask -> "environment variable " + mask.plain(variable), false);
    }

    static Origin microProfile(String source, String name) {
        return new Origin(
                mask -> "MicroProfile Config source " + mask.quoted(source) + ", property " + mask.plain(name), false);
    }

    String text(Mask mask) {
        return where.with(mask);
    }
}
