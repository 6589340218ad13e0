package com.playtcha.jakarta.it.server;

import org.eclipse.jetty.server.handler.ContextHandler;

/** Web applications of Jetty, which has the same classes once for each version of Jakarta EE. */
final class JettyContexts {
    private JettyContexts() {}

    static ContextHandler ee10(String war) {
        var context = new org.eclipse.jetty.ee10.webapp.WebAppContext();
        context.setWar(war);
        context.setParentLoaderPriority(false);
        context.setThrowUnavailableOnStartupException(true);
        context.addConfiguration(new org.eclipse.jetty.ee10.annotations.AnnotationConfiguration());
        return context;
    }

    static ContextHandler ee11(String war) {
        var context = new org.eclipse.jetty.ee11.webapp.WebAppContext();
        context.setWar(war);
        context.setParentLoaderPriority(false);
        context.setThrowUnavailableOnStartupException(true);
        context.addConfiguration(new org.eclipse.jetty.ee11.annotations.AnnotationConfiguration());
        return context;
    }
}
