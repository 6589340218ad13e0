package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
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
    static Set<UsageSite> uses(Class<?> type, @Nullable String otherwise) {
        Set<UsageSite> uses = new LinkedHashSet<>();
        methods(type).forEach(method -> {
            String own = GuardAnnotations.guardOf(type, method);
            String guard = own == null ? otherwise : own;
            if (guard != null) {
                uses.add(new UsageSite(guard, "method " + type.getName() + "." + method.getName()));
            }
        });
        return uses;
    }

    private static Stream<Method> methods(Class<?> type) {
        return GuardAnnotations.methods(type)
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

    /** Returns whether the raw return types allow it: the proxy classes of containers have no type arguments. */
    private static boolean mayLeadTo(Class<?> type, Method locator, Class<?> to) {
        try {
            return GuardAnnotations.overridden(type, locator).stream()
                    .allMatch(each -> located(each.getGenericReturnType()).isAssignableFrom(to));
        } catch (LinkageError | TypeNotPresentException absent) {
            return true;
        }
    }

    /** Returns the raw type of the resource that a locator returns, as an object or as its class. */
    private static Class<?> located(Type returned) {
        if (returned instanceof ParameterizedType type) {
            return located(type.getRawType() == Class.class ? type.getActualTypeArguments()[0] : type.getRawType());
        }
        if (returned instanceof WildcardType type) {
            return located(type.getUpperBounds()[0]);
        }
        return returned instanceof Class<?> type && type != Class.class ? type : Object.class;
    }
}
