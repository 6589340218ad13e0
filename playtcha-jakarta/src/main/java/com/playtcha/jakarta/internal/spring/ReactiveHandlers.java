package com.playtcha.jakarta.internal.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.io.Resource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.result.method.AbstractHandlerMethodMapping;
import reactor.core.publisher.Mono;

/** Finds the handlers of WebFlux, of which those that a route or a mapping creates are no beans. */
final class ReactiveHandlers {
    private ReactiveHandlers() {}

    static Stream<Class<?>> types(ListableBeanFactory beans) {
        return beans.getBeansOfType(HandlerMapping.class, true, false).values().stream()
                .flatMap(ReactiveHandlers::types);
    }

    private static Stream<Class<?>> types(HandlerMapping mapping) {
        if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
            return methods.getHandlerMethods().values().stream().map(HandlerMethod::getBeanType);
        }
        if (mapping instanceof AbstractUrlHandlerMapping paths) {
            return paths.getHandlerMap().values().stream().map(AopUtils::getTargetClass);
        }
        RouterFunction<?> router =
                mapping instanceof RouterFunctionMapping functions ? functions.getRouterFunction() : null;
        if (router == null) {
            return Stream.empty();
        }
        Functions found = new Functions();
        router.accept(found);
        return found.types.stream();
    }

    /** The functions of all routes. */
    private static final class Functions implements RouterFunctions.Visitor {
        final List<Class<?>> types = new ArrayList<>();

        @Override
        public void route(RequestPredicate predicate, HandlerFunction<?> function) {
            types.add(AopUtils.getTargetClass(function));
        }

        @Override
        public void startNested(RequestPredicate predicate) {}

        @Override
        public void endNested(RequestPredicate predicate) {}

        @Override
        public void resources(Function<ServerRequest, Mono<Resource>> lookup) {}

        @Override
        public void attributes(Map<String, Object> attributes) {}

        @Override
        public void unknown(RouterFunction<?> router) {}
    }
}
