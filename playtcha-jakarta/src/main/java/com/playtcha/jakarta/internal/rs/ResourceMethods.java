package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.SettingsLoader.CodeUse;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the resource methods and sub-resource locators of a class, and the guards that their annotations name. */
final class ResourceMethods {
    private static final String PATH = "jakarta.ws.rs.Path";
    private static final String HTTP_METHOD = "jakarta.ws.rs.HttpMethod";

    private ResourceMethods() {}

    /**
     * Returns the guards of a class's resource methods and sub-resource locators; empty for a class that is not a
     * resource. Methods without an annotation of their own or of their class have the guard {@code otherwise}, if any.
     */
    static Set<CodeUse> uses(Class<?> type, @Nullable String otherwise) {
        Set<CodeUse> uses = new LinkedHashSet<>();
        methods(type).forEach(method -> {
            String own = GuardAnnotations.guardOf(type, method);
            String guard = own == null ? otherwise : own;
            if (guard != null) {
                uses.add(new CodeUse(guard, "method " + type.getName() + "." + method.getName()));
            }
        });
        return uses;
    }

    private static Stream<Method> methods(Class<?> type) {
        return GuardAnnotations.hierarchy(type).stream()
                .flatMap(each -> GuardAnnotations.declaredMethods(each).stream())
                .filter(method -> !method.isSynthetic()
                        && (GuardAnnotations.isAnnotated(type, method, PATH)
                                || GuardAnnotations.isAnnotated(type, method, HTTP_METHOD)));
    }

    /**
     * Returns the guards of those sub-resource locators of a class that may lead to another class. A locator has a path
     * and no HTTP method (Jakarta REST 3.1, section 3.4.1).
     */
    static Set<String> locatorGuards(Class<?> type, Class<?> to) {
        Set<String> guards = new LinkedHashSet<>();
        methods(type)
                .filter(method ->
                        !GuardAnnotations.isAnnotated(type, method, HTTP_METHOD) && mayLeadTo(type, method, to))
                .map(method -> GuardAnnotations.guardOf(type, method))
                .filter(Objects::nonNull)
                .forEach(guards::add);
        return guards;
    }

    /** Returns whether the return types allow it. A locator that returns the resource's class may lead to any. */
    private static boolean mayLeadTo(Class<?> type, Method locator, Class<?> to) {
        return GuardAnnotations.overridden(type, locator).stream()
                .map(Method::getReturnType)
                .allMatch(returned -> returned == Class.class || returned.isAssignableFrom(to));
    }
}
