package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;

/**
 * Leaves a WAR of Spring Boot to Spring, which starts in another container initializer, before or after ours, and knows
 * the settings of {@code application.yml}.
 */
final class SpringBootWar implements ServletContextListener {
    private static final String SEEN = SpringBootWar.class.getName();

    private final Start start;

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
        context.setAttribute(SEEN, true);
        context.addListener(new SpringBootWar(start));
        return true;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        if (ContextLifecycle.in(context) == null && context.getAttribute(ContextLifecycle.REFUSED) == null) {
            try {
                start.run();
            } catch (ServletException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        event.getServletContext().removeAttribute(SEEN);
    }
}
