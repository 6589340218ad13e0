package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a WAR of Spring Boot to Spring, which starts in another container initializer, before or after ours, and knows
 * the settings of {@code application.yml}.
 */
final class SpringBootWar implements ServletContextListener {
    private static final String SEEN = SpringBootWar.class.getName();

    private final Start start;
    /** Not null if this listener has started the application, whose events it then passes on. */
    private @Nullable ContextLifecycle started;

    private boolean isStarting;

    /** Starts the application without Spring. */
    interface Start {
        void run() throws ServletException;
    }

    private SpringBootWar(Start start) {
        this.start = start;
    }

    /** Returns whether the application brings Spring Boot. If Spring has not started it by then, the listener does. */
    static boolean startsLater(ServletContext context, Start start) {
        if (context.getAttribute(SEEN) != null) {
            return false;
        }
        try {
            Class.forName(
                    "org.springframework.boot.web.servlet.support.SpringBootServletInitializer",
                    false,
                    ServletSettings.classLoader(context));
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
        SpringBootWar later = new SpringBootWar(start);
        context.setAttribute(SEEN, later);
        context.addListener(later);
        return true;
    }

    /** Adds the listener of an application, unless listeners run by now, when containers accept no more of them. */
    static void addListener(ServletContext context, ContextLifecycle holder) {
        if (context.getAttribute(SEEN) instanceof SpringBootWar later && later.isStarting) {
            later.started = holder;
        } else {
            context.addListener(holder);
        }
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        if (ContextLifecycle.in(context) == null && context.getAttribute(ContextLifecycle.REFUSED) == null) {
            isStarting = true;
            try {
                start.run();
            } catch (ServletException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }
        if (started != null) {
            started.contextInitialized(event);
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        event.getServletContext().removeAttribute(SEEN);
        if (started != null) {
            started.contextDestroyed(event);
        }
    }
}
