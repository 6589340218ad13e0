package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.http.server.PathContainer;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.resource.DefaultServletHttpRequestHandler;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/** The paths that Spring Boot's own {@code DispatcherServlet} has handlers or files for, whatever the HTTP method. */
final class MvcPaths implements AnsweredPaths, ApplicationListener<ApplicationReadyEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(MvcPaths.class);
    private static final String SERVLET = "dispatcherServlet";
    private static final Set<RequestMethod> SAFE =
            Set.of(RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS, RequestMethod.TRACE);
    /** A path that may have variables, without conditions of their own, but not at its end. */
    private static final String ONE_FORM = "(/([^/{}*?]*|\\{[^/{}*?:]+}))*/[^/{}*?]*";

    private static final AntPathMatcher MATCHER = new AntPathMatcher();

    private final SpringApplicationGuards guards;
    private final ApplicationContext beans;

    MvcPaths(SpringApplicationGuards guards, ApplicationContext beans) {
        this.guards = guards;
        this.beans = beans;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        ServletContext context = beans instanceof WebApplicationContext web ? web.getServletContext() : null;
        if (ready.getApplicationContext() == beans
                && context != null
                && guards.application.settings().isInUse()) {
            SpringApplicationGuards.check(() -> warnOfCase(context));
            SpringApplicationGuards.check(() -> warnOfOpenPaths(context));
        }
    }

    private void warnOfOpenPaths(ServletContext context) {
        Predicate<String> filtered = PlaytchaInitializer.guardedPaths(context);
        ServletRegistration servlet = filtered == null ? null : ownServlet(context);
        if (filtered != null && servlet != null) {
            Predicate<String> guarded = filtered.or(path ->
                    beans.getBeanProvider(AnsweredPaths.class).stream().anyMatch(each -> each.mayGuard(path, context)));
            servlet.getMappings().stream()
                    .filter(mapping -> mapping.matches("/|.*/\\*"))
                    .map(mapping -> mapping.replaceFirst("/\\*?$", ""))
                    .forEach(prefix -> warnOfOpenPaths(prefix, path -> guarded.test(prefix + path)));
        }
    }

    /** Containers compare the case of paths, and so do filters, and matchers of Spring Security unless they are set up. */
    private void warnOfCase(ServletContext context) {
        boolean comparesCase =
                !guards.application.settings().get().registrations().isEmpty()
                        || beans.getBeanProvider(AnsweredPaths.class).stream()
                                .anyMatch(each -> each.guardedPaths().values().stream()
                                        .flatMap(Set::stream)
                                        .anyMatch(path -> !each.mayGuard(path.toUpperCase(Locale.ROOT), context)));
        if (comparesCase
                && beans.getBeansOfType(RequestMappingInfoHandlerMapping.class, true, false).values().stream()
                        .map(AbstractHandlerMapping::getPatternParser)
                        .anyMatch(parser -> parser != null && !parser.isCaseSensitive())) {
            LOG.warn(
                    "Spring MVC ignores the case of paths (PathPatternParser.setCaseSensitive), and guards of url-patterns and of"
                            + " PlaytchaConfigurer do not, so that /SIGNUP is open where /signup is guarded. Annotate the handlers"
                            + " with @PlaytchaProtected instead, or let Spring MVC compare the case");
        }
    }

    /**
     * A handler with several paths, or with a variable within its path, is open under those that no guard covers. Says
     * nothing of paths that end in a variable, which may well be several forms, nor where another handler may be chosen.
     */
    private void warnOfOpenPaths(String prefix, Predicate<String> isGuarded) {
        Map<RequestMappingInfo, HandlerMethod> handlers = new LinkedHashMap<>();
        beans.getBeansOfType(RequestMappingInfoHandlerMapping.class, true, false)
                .values()
                .forEach(mapping -> handlers.putAll(mapping.getHandlerMethods()));
        handlers.keySet().removeIf(MvcPaths::isSafe);
        List<String> exact = guards.application.settings().get().registrations().values().stream()
                .flatMap(guard -> guard.get(Setting.URL_PATTERNS).stream())
                .filter(pattern -> pattern.startsWith(prefix + "/"))
                .map(pattern -> pattern.substring(prefix.length()))
                .toList();
        handlers.forEach((info, handler) -> {
            Set<String> open = new TreeSet<>(info.getPatternValues());
            open.removeIf(
                    pattern -> !pattern.matches(ONE_FORM) || isGuarded.test(pattern.replaceAll("\\{[^}]*}", "-")));
            Set<String> guarded = new TreeSet<>(exact);
            guarded.removeIf(path -> open.stream().noneMatch(pattern -> MATCHER.match(pattern, path)));
            info.getDirectPaths().stream().filter(isGuarded).forEach(guarded::add);
            guarded.removeIf(path -> handlers.keySet().stream()
                    .anyMatch(other -> other != info
                            && mayShareMethod(other, info)
                            && other.getDirectPaths().contains(path)));
            HandlerGuards.Handler called = HandlerGuards.handler(handler, beans);
            if (!open.isEmpty() && !guarded.isEmpty() && called.guard() == null) {
                LOG.warn(
                        "{}.{} answers {}, which is guarded, and {} too, which no guard covers, so that the form can be sent"
                                + " there without a token. Annotate the handler with @PlaytchaProtected, or guard all of its paths",
                        called.type().getName(),
                        handler.getMethod().getName(),
                        String.join(", ", guarded),
                        String.join(", ", open));
            }
        });
    }

    private static boolean mayShareMethod(RequestMappingInfo one, RequestMappingInfo other) {
        Set<RequestMethod> methods = one.getMethodsCondition().getMethods();
        Set<RequestMethod> others = other.getMethodsCondition().getMethods();
        return methods.isEmpty() || others.isEmpty() || !Collections.disjoint(methods, others);
    }

    private static boolean isSafe(RequestMappingInfo info) {
        Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
        return !methods.isEmpty() && SAFE.containsAll(methods);
    }

    @Override
    public String name() {
        return SERVLET;
    }

    @Override
    public boolean mayAnswer(String path, ServletContext context) {
        ServletRegistration servlet = ownServlet(context);
        return servlet == null
                || servlet.getMappings().stream().anyMatch(mapping -> {
                    String prefix = mapping.replaceFirst("/\\*?$", "");
                    return prefix.equals(mapping)
                            || path.startsWith(prefix + "/")
                                    && (answers(path.substring(prefix.length()))
                                            || answers(path.substring(prefix.length()) + "/"));
                });
    }

    /** Returns the servlet's registration; null where the servlet has a context, and so handlers, of its own. */
    private @Nullable ServletRegistration ownServlet(ServletContext context) {
        return beans.containsBean(SERVLET)
                        && beans.getBean(SERVLET) instanceof DispatcherServlet spring
                        && spring.getWebApplicationContext() == beans
                ? context.getServletRegistration(SERVLET)
                : null;
    }

    private boolean answers(String path) {
        return BeanFactoryUtils.beansOfTypeIncludingAncestors(beans, HandlerMapping.class, true, false)
                .values()
                .stream()
                .anyMatch(mapping -> mayAnswer(mapping, path));
    }

    private static boolean mayAnswer(HandlerMapping mapping, String path) {
        // Others may find handlers by rules of their own, as those of Spring Cloud Function and Spring Data REST do.
        if (!mapping.getClass().getName().matches("org\\.springframework\\.(web|boot)\\..*")) {
            return true;
        }
        if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
            return methods.getHandlerMethods().keySet().stream().anyMatch(info -> matches(info, path));
        }
        if (mapping instanceof AbstractUrlHandlerMapping paths) {
            // The handler of the root page is not among them, and no exact pattern names the root page.
            return paths.getHandlerMap().entrySet().stream()
                            .anyMatch(each -> isOf(each.getKey(), each.getValue(), path))
                    || isOf("/**", paths.getDefaultHandler(), path);
        }
        return !(mapping instanceof RouterFunctionMapping functions) || functions.getRouterFunction() != null;
    }

    private static boolean matches(RequestMappingInfo info, String path) {
        PathPatternsRequestCondition parsed = info.getPathPatternsCondition();
        return parsed == null
                ? info.getPatternValues().stream().anyMatch(pattern -> MATCHER.match(pattern, path))
                : parsed.getPatterns().stream().anyMatch(pattern -> pattern.matches(PathContainer.parsePath(path)));
    }

    private static boolean isOf(String pattern, @Nullable Object handler, String path) {
        return handler != null
                && MATCHER.match(pattern, path)
                && !(handler instanceof DefaultServletHttpRequestHandler)
                && (!(handler instanceof ResourceHttpRequestHandler files)
                        || isFile(files, MATCHER.extractPathWithinPattern(pattern, path)));
    }

    private static boolean isFile(ResourceHttpRequestHandler files, String path) {
        return files.getLocations().stream().anyMatch(location -> {
            try {
                return location.createRelative(path).exists();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
