package com.playtcha.jakarta.it.server;

import java.util.function.Function;
import org.eclipse.jetty.server.handler.ContextHandler;

/**
 * Makes web applications of Jetty, which has the same classes once for each version of Jakarta EE; a run has one of them
 * on its class path. By the WAR's path.
 */
final class JettyContexts {
    private JettyContexts() {}

    /** Of the version that the build chose. */
    static Function<String, ContextHandler> chosen() {
        String version = System.getProperty("it.jetty");
        return switch (version) {
            case "ee10" -> new Ee10();
            case "ee11" -> new Ee11();
            default -> throw new IllegalStateException(version);
        };
    }

    private static final class Ee10 implements Function<String, ContextHandler> {
        @Override
        public ContextHandler apply(String war) {
            var context = new org.eclipse.jetty.ee10.webapp.WebAppContext();
            context.setWar(war);
            context.setParentLoaderPriority(false);
            context.setThrowUnavailableOnStartupException(true);
            context.addConfiguration(new org.eclipse.jetty.ee10.annotations.AnnotationConfiguration());
            return context;
        }
    }

    private static final class Ee11 implements Function<String, ContextHandler> {
        @Override
        public ContextHandler apply(String war) {
            var context = new org.eclipse.jetty.ee11.webapp.WebAppContext();
            context.setWar(war);
            context.setParentLoaderPriority(false);
            context.setThrowUnavailableOnStartupException(true);
            context.addConfiguration(new org.eclipse.jetty.ee11.annotations.AnnotationConfiguration());
            return context;
        }
    }
}
