package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.servlet.HandlerGuard;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;

/** Guards the handlers of Spring MVC that have {@code @PlaytchaProtected}, as Jakarta REST's resources are. Thread-safe. */
final class HandlerGuards implements HandlerInterceptor, SmartInitializingSingleton {
    private final SpringApplicationGuards guards;
    private final ListableBeanFactory beans;
    private final Map<Handler, Optional<HandlerGuard>> handlers = new ConcurrentHashMap<>();

    /** A handler method, or a handler of another kind, which has none. */
    private record Handler(Class<?> type, @Nullable Method method) {
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
        Optional<HandlerGuard> guard = handlers.computeIfAbsent(Handler.of(handler), this::guard);
        return guard.isEmpty() || guard.get().admit(request, response);
    }

    private Optional<HandlerGuard> guard(Handler handler) {
        return Optional.ofNullable(handler.guard())
                .map(name ->
                        new HandlerGuard(guards.application, name, handler.guardsEveryMethod(), handler.writesBody()));
    }

    /** Makes the settings of the handlers' guards required, before a server accepts requests. */
    @Override
    public void afterSingletonsInstantiated() {
        Set<UsageSite> uses = new LinkedHashSet<>();
        Set<Method> handled = new HashSet<>();
        handlerMethods().forEach(method -> {
            Handler handler = Handler.of(method);
            String guard = handler.guard();
            handled.addAll(GuardAnnotations.overridden(handler.type, method.getMethod()));
            if (guard != null) {
                uses.add(new UsageSite(
                        guard,
                        "handler " + handler.type.getName() + "."
                                + method.getMethod().getName()));
            }
        });
        if (!uses.isEmpty()) {
            guards.application.registerUsages(uses);
            guards.application.configureByDefault();
        }
        guards.setHandled(handled);
    }

    private Stream<HandlerMethod> handlerMethods() {
        return beans.getBeansOfType(AbstractHandlerMethodMapping.class, true, false).values().stream()
                .map(mapping -> ((AbstractHandlerMethodMapping<?>) mapping)
                        .getHandlerMethods()
                        .values())
                .flatMap(Collection::stream);
    }
}
