package com.playtcha.jakarta.internal.spring;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.http.server.PathContainer;
import org.springframework.util.AntPathMatcher;
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
    private static final AntPathMatcher MATCHER = new AntPathMatcher();

    private final SpringApplicationGuards guards;
    private final ApplicationContext beans;

    MvcPaths(SpringApplicationGuards guards, ApplicationContext beans) {
        this.guards = guards;
        this.beans = beans;
    }

    /** Containers compare the case of paths, and so do filters. */
    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        if (ready.getApplicationContext() == beans
                && !guards.application.settings().get().registrations().isEmpty()
                && beans.getBeansOfType(RequestMappingInfoHandlerMapping.class, true, false).values().stream()
                        .map(AbstractHandlerMapping::getPatternParser)
                        .anyMatch(parser -> parser != null && !parser.isCaseSensitive())) {
            LOG.warn(
                    "Spring MVC ignores the case of paths (PathPatternParser.setCaseSensitive), and guards of url-patterns do"
                            + " not, so that /SIGNUP is open where /signup is guarded. Annotate the handlers with @PlaytchaProtected"
                            + " instead, or let Spring MVC compare the case");
        }
    }

    @Override
    public String name() {
        return SERVLET;
    }

    @Override
    public boolean mayAnswer(String path, ServletContext context) {
        ServletRegistration servlet = context.getServletRegistration(SERVLET);
        // One with a context of its own has other handlers.
        if (servlet == null
                || !beans.containsBean(SERVLET)
                || !(beans.getBean(SERVLET) instanceof DispatcherServlet spring)
                || spring.getWebApplicationContext() != beans) {
            return true;
        }
        return servlet.getMappings().stream().anyMatch(mapping -> {
            String prefix = mapping.replaceFirst("/\\*?$", "");
            return prefix.equals(mapping)
                    || path.startsWith(prefix + "/")
                            && (answers(path.substring(prefix.length()))
                                    || answers(path.substring(prefix.length()) + "/"));
        });
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
