package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.servlet.HandlerGuard;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.Resource;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;

/** Guards the handlers of Spring MVC that have {@code @PlaytchaProtected}, as Jakarta REST's resources are. Thread-safe. */
final class HandlerGuards
        implements HandlerInterceptor, SmartInitializingSingleton, ApplicationListener<ContextRefreshedEvent> {
    private final SpringApplicationGuards guards;
    private final ListableBeanFactory beans;
    private final Map<Handler, Optional<HandlerGuard>> handlers = new ConcurrentHashMap<>();
    private final Set<Method> handled = ConcurrentHashMap.newKeySet();
    /** Those with functions that have a guard. */
    private final List<Routes> routes = new CopyOnWriteArrayList<>();

    /** A handler method, or a handler of another kind, which has none. */
    record Handler(Class<?> type, @Nullable Method method) {
        static Handler of(Object handler) {
            return handler instanceof HandlerMethod called
                    ? new Handler(
                            called.getBean() instanceof String
                                    ? called.getBeanType()
                                    : AopUtils.getTargetClass(called.getBean()),
                            called.getMethod())
                    : new Handler(AopUtils.getTargetClass(handler), null);
        }

        @Nullable
        String guard() {
            return method == null ? GuardAnnotations.guardOf(type) : GuardAnnotations.guardOf(type, method);
        }

        /** An annotation of the method itself guards it whatever the HTTP method (docs/contract.md, section 8). */
        boolean guardsEveryMethod() {
            return method != null && GuardAnnotations.guardOnMethod(type, method) != null;
        }

        boolean writesBody() {
            return method != null
                    && (AnnotatedElementUtils.hasAnnotation(type, ResponseBody.class)
                            || AnnotatedElementUtils.hasAnnotation(method, ResponseBody.class));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Handler that && type == that.type && Objects.equals(method, that.method);
        }

        @Override
        public int hashCode() {
            return 31 * type.hashCode() + Objects.hashCode(method);
        }
    }

    HandlerGuards(SpringApplicationGuards guards, ListableBeanFactory beans) {
        this.guards = guards;
        this.beans = beans;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException, ServletException {
        Optional<HandlerGuard> guard = handlers.computeIfAbsent(Handler.of(unfiltered(request, handler)), this::guard);
        return guard.isEmpty() || guard.get().admit(request, response);
    }

    /** Returns the function that filters of its routes hide behind one of their own; any other handler as it is. */
    private Object unfiltered(HttpServletRequest request, Object handler) {
        if (handler instanceof HandlerFunction<?> function
                && request.getAttribute(RouterFunctions.REQUEST_ATTRIBUTE) instanceof ServerRequest routed) {
            for (Routes each : routes) {
                Optional<HandlerFunction<ServerResponse>> hidden =
                        each.functions.contains(function) ? Optional.empty() : each.find(routed);
                if (hidden.isPresent()) {
                    return hidden.get();
                }
            }
        }
        return handler;
    }

    private Optional<HandlerGuard> guard(Handler handler) {
        return Optional.ofNullable(handler.guard())
                .map(name ->
                        new HandlerGuard(guards.application, name, handler.guardsEveryMethod(), handler.writesBody()));
    }

    /** Makes the settings of the handlers' guards required, before a server accepts requests. */
    @Override
    public void afterSingletonsInstantiated() {
        require(beans);
    }

    /** Does the same for a further {@code DispatcherServlet}, whose handlers are in a context of its own below this one. */
    @Override
    public void onApplicationEvent(ContextRefreshedEvent refreshed) {
        ApplicationContext context = refreshed.getApplicationContext();
        if (context.getAutowireCapableBeanFactory() != beans) {
            require(context);
        }
    }

    private void require(ListableBeanFactory context) {
        Set<UsageSite> uses = new LinkedHashSet<>();
        handlers(context).forEach(handler -> {
            String guard = handler.guard();
            if (handler.method != null) {
                handled.addAll(GuardAnnotations.overridden(handler.type, handler.method));
            } else if (guard != null) {
                // An annotation on one of its methods has no effect.
                GuardAnnotations.methods(handler.type)
                        .filter(method -> GuardAnnotations.on(method) == null)
                        .forEach(handled::add);
            }
            if (guard != null) {
                uses.add(new UsageSite(
                        guard,
                        "handler " + handler.type.getName()
                                + (handler.method == null ? "" : "." + handler.method.getName())));
            }
        });
        if (!uses.isEmpty()) {
            guards.application.settings().register(uses);
            guards.application.settings().get();
        }
        guards.setHandled(handled);
    }

    private Stream<Handler> handlers(ListableBeanFactory context) {
        return context.getBeansOfType(HandlerMapping.class, true, false).values().stream()
                .flatMap(mapping -> handlers(mapping, context));
    }

    private Stream<Handler> handlers(HandlerMapping mapping, ListableBeanFactory context) {
        if (mapping instanceof Iterable<?> parts) {
            // That of Spring Data REST consists of others, which are no beans.
            return StreamSupport.stream(parts.spliterator(), false)
                    .filter(HandlerMapping.class::isInstance)
                    .flatMap(part -> handlers((HandlerMapping) part, context));
        }
        if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
            return methods.getHandlerMethods().values().stream().map(method -> handler(method, context));
        }
        if (mapping instanceof AbstractUrlHandlerMapping paths) {
            // Those of the paths / and /* are apart.
            return Stream.concat(
                            paths.getHandlerMap().values().stream(),
                            Stream.of(paths.getRootHandler(), paths.getDefaultHandler()))
                    .filter(Objects::nonNull)
                    .map(each -> handler(each, context));
        }
        RouterFunction<?> router =
                mapping instanceof RouterFunctionMapping functions ? functions.getRouterFunction() : null;
        return router == null ? Stream.empty() : functions(router);
    }

    /** The class of a bean behind a proxy of its interfaces has the annotations that a request is guarded by. */
    static Handler handler(HandlerMethod method, ListableBeanFactory context) {
        Object factory = context instanceof ApplicationContext all ? all.getAutowireCapableBeanFactory() : context;
        Class<?> type = method.getBean() instanceof String name
                        && factory instanceof ConfigurableListableBeanFactory configurable
                ? SpringApplicationGuards.targetType(configurable, name)
                : null;
        return type == null ? Handler.of(method) : new Handler(ClassUtils.getUserClass(type), method.getMethod());
    }

    /** A handler that is no singleton is mapped by its name. */
    private static Handler handler(Object handler, ListableBeanFactory context) {
        Class<?> type = handler instanceof String name ? context.getType(name) : null;
        return type == null ? Handler.of(handler) : new Handler(type, null);
    }

    private Stream<Handler> functions(RouterFunction<?> router) {
        Routes found = new Routes();
        router.accept(found);
        List<Handler> functions = found.functions.stream().map(Handler::of).toList();
        if (functions.stream().anyMatch(function -> function.guard() != null)) {
            routes.add(found);
        }
        return functions.stream();
    }

    /** The routes of functions in their order, without filters. */
    private static final class Routes implements RouterFunctions.Visitor {
        /** Those at the top, and behind them those of each nested group that is not complete. */
        private final Deque<List<RouterFunction<ServerResponse>>> groups = new ArrayDeque<>(List.of(new ArrayList<>()));

        final List<HandlerFunction<?>> functions = new ArrayList<>();

        /** Returns the function of a request, which was routed before. */
        Optional<HandlerFunction<ServerResponse>> find(ServerRequest request) {
            HttpServletRequest servlet = request.servletRequest();
            Object pattern = servlet.getAttribute(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE);
            Object variables = servlet.getAttribute(RouterFunctions.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
            try {
                return first(groups.element(), request);
            } finally {
                // A predicate of paths adds what it matches to them.
                servlet.setAttribute(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE, pattern);
                servlet.setAttribute(RouterFunctions.URI_TEMPLATE_VARIABLES_ATTRIBUTE, variables);
            }
        }

        private static Optional<HandlerFunction<ServerResponse>> first(
                List<RouterFunction<ServerResponse>> group, ServerRequest request) {
            return group.stream().flatMap(each -> each.route(request).stream()).findFirst();
        }

        @Override
        @SuppressWarnings("unchecked")
        public void route(RequestPredicate predicate, HandlerFunction<?> function) {
            functions.add(function);
            groups.getLast().add(RouterFunctions.route(predicate, (HandlerFunction<ServerResponse>) function));
        }

        @Override
        public void startNested(RequestPredicate predicate) {
            groups.addLast(new ArrayList<>());
        }

        @Override
        public void endNested(RequestPredicate predicate) {
            List<RouterFunction<ServerResponse>> group = groups.removeLast();
            groups.getLast().add(RouterFunctions.nest(predicate, request -> first(group, request)));
        }

        @Override
        public void resources(Function<ServerRequest, Optional<Resource>> lookup) {
            groups.getLast().add(RouterFunctions.resources(lookup));
        }

        @Override
        public void attributes(Map<String, Object> attributes) {}

        @Override
        @SuppressWarnings("unchecked")
        public void unknown(RouterFunction<?> router) {
            groups.getLast().add((RouterFunction<ServerResponse>) router);
        }
    }
}
