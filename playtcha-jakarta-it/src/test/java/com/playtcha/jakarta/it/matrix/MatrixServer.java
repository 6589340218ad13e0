package com.playtcha.jakarta.it.matrix;

import java.util.Locale;

/** The rows of the table: every server that the build knows, by the name of its profile. */
public enum MatrixServer {
    TOMCAT10("Tomcat 10.1"),
    TOMCAT11("Tomcat 11"),
    WILDFLY("WildFly"),
    LIBERTY("Open Liberty"),
    LIBERTY_SERVLET("Open Liberty, servlets only"),
    /** Sets a security policy at its start, which the JDK refuses since 24. */
    GLASSFISH("GlassFish 7", 17, 23),
    JETTY_EE10("Jetty 12.1, EE 10"),
    JETTY_EE11("Jetty 12.1, EE 11"),
    JETTY120("Jetty 12.0, EE 10"),
    /** Its classes are for Java 21. */
    HELIDON("Helidon MP 4", 21, Integer.MAX_VALUE),
    QUARKUS("Quarkus, JVM mode"),
    SPRING_BOOT("Spring Boot 3.5"),
    SPRING_BOOT_4("Spring Boot 4");

    private final String title;
    private final int oldestJdk;
    private final int newestJdk;

    MatrixServer(String title) {
        this(title, 17, Integer.MAX_VALUE);
    }

    MatrixServer(String title, int oldestJdk, int newestJdk) {
        this.title = title;
        this.oldestJdk = oldestJdk;
        this.newestJdk = newestJdk;
    }

    /** Whether the server itself starts on a JDK. */
    public boolean runsOn(int jdk) {
        return oldestJdk <= jdk && jdk <= newestJdk;
    }

    /** In the table. */
    public String title() {
        return title;
    }

    /** The one that this run is about. */
    static MatrixServer current() {
        return valueOf(System.getProperty("it.server").toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** As the build has it. */
    static String currentVersion() {
        return System.getProperty(System.getProperty("it.server") + ".version");
    }
}
