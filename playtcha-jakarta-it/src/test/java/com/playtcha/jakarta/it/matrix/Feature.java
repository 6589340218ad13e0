package com.playtcha.jakarta.it.matrix;

/** A column of the table. */
public enum Feature {
    /** The whole contract of the filter, declared in web.xml. */
    WEB_XML("Filter in `web.xml`"),
    /** Filters that register themselves. */
    SETTINGS("By settings alone"),
    /** Verifiers, the interceptor, the current verification and events, by CDI. */
    INJECTION("CDI"),
    /** Resources guarded by annotation. */
    REST("Jakarta REST"),
    /** Wrong settings never leave a page unguarded. */
    WRONG_SETTINGS("Wrong settings refused"),
    /** {@code PLAYTCHA_…} in the environment of the server's process. */
    ENVIRONMENT("Environment"),
    /** microprofile-config.properties. */
    MICROPROFILE_CONFIG("MicroProfile Config"),
    /** A WAR without what the server has itself. */
    LEAN("Lean WAR"),
    /** No thread and no class stays. */
    UNDEPLOY("Undeploy, redeploy");

    private final String title;

    Feature(String title) {
        this.title = title;
    }

    /** Of the column. */
    public String title() {
        return title;
    }
}
