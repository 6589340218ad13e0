package com.playtcha.jakarta.config;

/**
 * Where a value came from.
 *
 * @param text such as {@code context-param playtcha.timeout}
 * @param webXml whether the application's own descriptor (or code in its place) says so
 */
record Origin(String text, boolean webXml) {

    static Origin initParam(String filter, String key) {
        return new Origin("init-param " + Texts.plain(key) + " of filter '" + Texts.plain(filter) + "'", true);
    }

    static Origin contextParam(String name) {
        return new Origin("context-param " + Texts.plain(name), true);
    }

    static Origin systemProperty(String name) {
        return new Origin("system property " + Texts.plain(name), false);
    }

    static Origin environment(String variable) {
        return new Origin("environment variable " + variable, false);
    }

    static Origin microProfile(String source, String name) {
        return new Origin(
                "MicroProfile Config source " + Texts.quoted(source) + ", property " + Texts.plain(name), false);
    }
}
