package com.playtcha.jakarta.it.matrix;

/** A column of the table. */
public enum Feature {
    /** The whole contract of the filter, declared in web.xml. */
    WEB_XML("Filter in `web.xml`"),
    /** Filters that register themselves. */
    SETTINGS("By settings alone"),
    /** Wrong settings never leave a page unguarded. */
    WRONG_SETTINGS("Wrong settings refused"),
    /** {@code PLAYTCHA_…} in the environment of the server's process. */
    ENVIRONMENT("Environment"),
    /** microprofile-config.properties. */
    MICROPROFILE_CONFIG("MicroProfile Config"),
    /** A WAR without what the server has itself. */
    LEAN("Lean WAR"),
    /** No thread and no class stays. */
    UNDEPLOY("Undeploy, redeploy"),
    /** Verifiers, and the current verification, in beans. */
    INJECTION("Injection"),
    /** Methods of beans, guarded by annotation. */
    INTERCEPTOR("Interceptor"),
    /** Resources of Jakarta REST, or controllers of Spring MVC, guarded by annotation. */
    REST("Resources, controllers"),
    /** What beans need is set, or the application is refused. */
    SETTINGS_OF_BEANS("Settings of beans"),
    /** Filter, resource, interceptor and verifier in one application. */
    EVERYTHING("All at once"),
    /** Verdicts and results that come late, from the store to the handler. */
    LATE("Late results"),
    /** Denials of Ajax requests, in a browser. */
    FACES("Faces, Ajax"),
    /** Log-ins of Jakarta Security or Spring Security. */
    LOG_IN("Log-in"),
    /** Exempt users and addresses, failures, session passes, policies. */
    CHALLENGE("Who shows a token");

    private final String title;

    Feature(String title) {
        this.title = title;
    }

    /** Of the column. */
    public String title() {
        return title;
    }
}
