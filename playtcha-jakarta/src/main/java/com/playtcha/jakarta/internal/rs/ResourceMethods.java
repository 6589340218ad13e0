package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.GuardUse;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the resource methods and sub-resource locators of a class, and the guards that their annotations name. */
final class ResourceMethods {
    private static final String PATH = "jakarta.ws.rs.Path";
    private static final String HTTP_METHOD = "jakarta.ws.rs.HttpMethod";

    private ResourceMethods() {}

    /**
     * Returns the guards of the methods that requests can reach in a class, its sub-resource locators included; empty for
     * a class that is not a resource.
     *
     * @param otherwise the guard of methods that have none themselves or by their class; null for none
     */
    static Set<GuardUse> uses(Class<?> type, @Nullable String otherwise) {
        Set<GuardUse> uses = new LinkedHashSet<>();
        for (Class<?> each : GuardAnnotations.hierarchy(type)) {
            for (Method method : GuardAnnotations.declaredMethods(each)) {
                if (!method.isSynthetic()
                        && (GuardAnnotations.isAnnotated(type, method, PATH)
                                || GuardAnnotations.isAnnotated(type, method, HTTP_METHOD))) {
                    String own = GuardAnnotations.guardOf(type, method);
                    String guard = own == null ? otherwise : own;
                    if (guard != null) {
                        uses.add(new GuardUse(guard, "method " + type.getName() + "." + method.getName()));
                    }
                }
            }
        }
        return uses;
    }

    /**
     * Returns the guards of those sub-resource locators of a class that may lead to another class. A locator has a path
     * and no HTTP method (Jakarta REST 3.1, section 3.4.1).
     */
    static Set<String> locatorGuards(Class<?> type, Class<?> to) {
        Set<String> guards = new LinkedHashSet<>();
        for (Class<?> each : GuardAnnotations.hierarchy(type)) {
            for (Method method : GuardAnnotations.declaredMethods(each)) {
                if (!method.isSynthetic()
                        && GuardAnnotations.isAnnotated(type, method, PATH)
                        && !GuardAnnotations.isAnnotated(type, method, HTTP_METHOD)
                        && mayLeadTo(type, method, to)) {
                    String guard = GuardAnnotations.guardOf(type, method);
                    if (guard != null) {
                        guards.add(guard);
                    }
                }
            }
        }
        return guards;
    }

    /** As far as the return types tell: proxy classes made by containers have lost their type arguments. */
    private static boolean mayLeadTo(Class<?> type, Method locator, Class<?> to) {
        try {
            return GuardAnnotations.overridden(type, locator).stream()
                    .allMatch(each -> located(each.getGenericReturnType()).isAssignableFrom(to));
        } catch (LinkageError | TypeNotPresentException absent) {
            return true;
        }
    }

    /** Returns what a locator leads to as far as its type tells; it may return a class as well as an object. */
    private static Class<?> located(Type returned) {
        if (returned instanceof Class<?> type) {
            return type == Class.class ? Object.class : type;
        }
        if (returned instanceof ParameterizedType type) {
            return type.getRawType() == Class.class
                    ? located(type.getActualTypeArguments()[0])
                    : located(type.getRawType());
        }
        return returned instanceof WildcardType type ? located(type.getUpperBounds()[0]) : Object.class;
    }
}
