package com.playtcha.jakarta.it.spring;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The embedded servers that a version of Spring Boot has, by the names of their factories in 3.5 and in 4. */
enum EmbeddedServer {
    TOMCAT("web.embedded.tomcat.TomcatServletWebServerFactory", "tomcat.servlet.TomcatServletWebServerFactory"),
    JETTY("web.embedded.jetty.JettyServletWebServerFactory", "jetty.servlet.JettyServletWebServerFactory"),
    UNDERTOW("web.embedded.undertow.UndertowServletWebServerFactory");

    private final List<String> factories;

    EmbeddedServer(String... factories) {
        this.factories = List.of(factories);
    }

    static List<EmbeddedServer> present() {
        return Arrays.stream(values())
                .filter(server -> server.factory().isPresent())
                .toList();
    }

    Optional<Class<?>> factory() {
        for (String name : factories) {
            try {
                return Optional.of(Class.forName("org.springframework.boot." + name));
            } catch (ClassNotFoundException other) {
                // The class of the other version.
            }
        }
        return Optional.empty();
    }
}
