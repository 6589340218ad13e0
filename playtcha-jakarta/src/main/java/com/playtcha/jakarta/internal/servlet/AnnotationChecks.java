package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.util.ClassPresence;
import jakarta.servlet.Filter;
import jakarta.servlet.Registration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import java.lang.reflect.Modifier;
import java.util.EventListener;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of {@code @PlaytchaProtected} on classes that nothing will guard (contract, section 5). */
final class AnnotationChecks {
    private static final Logger LOG = LoggerFactory.getLogger(AnnotationChecks.class);
    private static final String BEANS = "jakarta.enterprise.inject.spi.BeanManager";

    private AnnotationChecks() {}

    /** Checks the annotated classes that the server found. Servlets and filters are checked when they are registered. */
    static void checkFound(Set<Class<?>> annotated, ClassLoader application) {
        boolean hasBeans = ClassPresence.isPresent(BEANS, application);
        for (Class<?> type : annotated) {
            if (EventListener.class.isAssignableFrom(type)) {
                warn(type, "it is a listener, which the server calls itself");
            } else if (!hasBeans && !isCalledByServer(type) && !GuardAnnotations.isResource(type)) {
                warn(type, "it is no Jakarta REST resource, and the application has no CDI");
            }
        }
    }

    /** Checks the annotated classes that the server found, once CDI has started. */
    static void checkBeans(Set<Class<?>> annotated, Predicate<Class<?>> isNoBean, ServletContext context) {
        boolean hasBeans = ClassPresence.isPresent(BEANS, ServletSettings.classLoader(context));
        for (Class<?> type : annotated) {
            // A bean or a resource may extend an abstract class.
            if (Modifier.isAbstract(type.getModifiers())
                    || isCalledByServer(type)
                    || GuardAnnotations.isResource(type)) {
                continue;
            }
            if (isNoBean.test(type)) {
                warn(
                        type,
                        "it is neither a CDI bean nor a Jakarta REST resource, so that nothing intercepts its calls");
            } else if (hasBeans && isEndpoint(type) && isBareServer(context)) {
                LOG.warn(
                        "@PlaytchaProtected on {} has no effect: {} creates WebSocket endpoints itself, and CDI does not"
                                + " intercept calls of those, although the class is a bean. Let the endpoint call an"
                                + " annotated method of another bean, or a PlaytchaVerifier",
                        type.getName(),
                        context.getServerInfo());
            }
        }
    }

    private static boolean isEndpoint(Class<?> type) {
        return Stream.of(GuardAnnotations.annotations(type))
                .anyMatch(each -> each.annotationType().getName().equals("jakarta.websocket.server.ServerEndpoint"));
    }

    /** Other servers, such as WildFly, get the objects of endpoints from CDI, which intercepts their calls. */
    private static boolean isBareServer(ServletContext context) {
        String server = String.valueOf(context.getServerInfo());
        return server.startsWith("Apache Tomcat/") || server.startsWith("jetty/");
    }

    private static boolean isCalledByServer(Class<?> type) {
        return Servlet.class.isAssignableFrom(type)
                || Filter.class.isAssignableFrom(type)
                || EventListener.class.isAssignableFrom(type);
    }

    /** Checks the servlets and filters of a context, whatever the server found. */
    static void checkRegistered(ServletContext context) {
        Stream.of(context.getServletRegistrations(), context.getFilterRegistrations())
                .flatMap(registrations -> registrations.values().stream())
                .map(Registration::getClassName)
                .distinct()
                .forEach(name -> checkRegistered(name, ServletSettings.classLoader(context)));
    }

    private static void checkRegistered(String name, ClassLoader application) {
        try {
            Class<?> type = name == null ? Object.class : Class.forName(name, false, application);
            // A servlet of Jakarta REST may have the Application's class for its name.
            if ((Servlet.class.isAssignableFrom(type) || Filter.class.isAssignableFrom(type))
                    && GuardAnnotations.isGuarded(type)) {
                warn(type, "the server calls servlets and filters itself");
            }
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.debug("{} cannot be inspected and counts as not annotated", name, e);
        }
    }

    private static void warn(Class<?> type, String why) {
        LOG.warn(
                "@PlaytchaProtected on {} has no effect: {}. Guard its paths with url-patterns or a filter-mapping",
                type.getName(),
                why);
    }
}
