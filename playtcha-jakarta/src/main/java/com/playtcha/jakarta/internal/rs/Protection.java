package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.config.GuardUse;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which guard an annotation asks for. Java inherits annotations from superclasses only, and from methods not at all;
 * here one counts wherever it stands on something that a resource is: the method itself, the methods it overrides or
 * implements, the class, its superclasses, and all interfaces. The method's goes before the class's, and the nearest one
 * before those above it.
 */
public final class Protection {
    private Protection() {}

    /**
     * The guard of a method.
     *
     * @param type the resource's class, or one that a container made from it
     * @param method of that class or of one above it
     * @return the guard's name; null where nothing asks for one
     */
    public static @Nullable String of(Class<?> type, Method method) {
        for (Method each : overridden(type, method)) {
            String guard = on(each);
            if (guard != null) {
                return guard;
            }
        }
        String guard = of(type);
        return guard == null ? of(method.getDeclaringClass()) : guard;
    }

    /**
     * The guard of a class as a whole.
     *
     * @param type a resource or an application, or what a container made from it
     * @return the guard's name; null where nothing asks for one
     */
    public static @Nullable String of(Class<?> type) {
        for (Class<?> each : lineage(type)) {
            String guard = on(each);
            if (guard != null) {
                return guard;
            }
        }
        return null;
    }

    /**
     * The guards of the sub-resource locators of a class: of methods with a path and without an HTTP method (Jakarta REST
     * 3.1, section 3.4.1).
     *
     * @param type a resource's class, or one that a container made from it
     * @param to where a locator has led
     * @return names; empty where none that may lead there is guarded
     */
    public static Set<String> ofLocators(Class<?> type, Object to) {
        Set<String> guards = new LinkedHashSet<>();
        for (Method method : methods(type)) {
            if (has(type, method, Path.class) && !has(type, method, HttpMethod.class) && mayLead(type, method, to)) {
                String guard = of(type, method);
                if (guard != null) {
                    guards.add(guard);
                }
            }
        }
        return guards;
    }

    /** As far as the types tell: those of a class that a container made have lost their type arguments. */
    private static boolean mayLead(Class<?> type, Method locator, Object to) {
        for (Method each : overridden(type, locator)) {
            if (!located(each.getGenericReturnType()).isInstance(to)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The guards of the methods that requests can reach in a class, its sub-resource locators included.
     *
     * @param type a resource, a provider, or any other class
     * @param otherwise the guard of methods that nothing on them or their class asks for; null for none
     * @return empty for what is no resource
     */
    public static Set<GuardUse> uses(Class<?> type, @Nullable String otherwise) {
        Set<GuardUse> uses = new LinkedHashSet<>();
        for (Method method : methods(type)) {
            if (has(type, method, Path.class) || has(type, method, HttpMethod.class)) {
                String own = of(type, method);
                String guard = own == null ? otherwise : own;
                if (guard != null) {
                    uses.add(new GuardUse(guard, "method " + type.getName() + "." + method.getName()));
                }
            }
        }
        return uses;
    }

    private static List<Method> methods(Class<?> type) {
        List<Method> methods = new ArrayList<>();
        for (Class<?> each : lineage(type)) {
            for (Method method : each.getDeclaredMethods()) {
                if (!method.isSynthetic()) {
                    methods.add(method);
                }
            }
        }
        return methods;
    }

    /** Whether an annotation, or one that it is annotated with, is on the method or on one that it overrides. */
    private static boolean has(Class<?> type, Method method, Class<? extends Annotation> wanted) {
        for (Method each : overridden(type, method)) {
            for (Annotation annotation : each.getAnnotations()) {
                Class<? extends Annotation> found = annotation.annotationType();
                if (found == wanted || found.isAnnotationPresent(wanted)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What a locator leads to as far as its type tells; it may return a class as well as an object. */
    private static Class<?> located(Type returned) {
        if (returned instanceof Class<?> type) {
            return type == Class.class ? Object.class : type;
        }
        if (returned instanceof ParameterizedType type) {
            return type.getRawType() == Class.class
                    ? located(type.getActualTypeArguments()[0])
                    : located(type.getRawType());
        }
        if (returned instanceof WildcardType type) {
            return located(type.getUpperBounds()[0]);
        }
        return Object.class;
    }

    private static @Nullable String on(AnnotatedElement element) {
        return on(element, new HashSet<>());
    }

    /** Itself, or by an annotation of the application's that carries it, as a stereotype does. */
    private static @Nullable String on(AnnotatedElement element, Set<Class<?>> seen) {
        PlaytchaProtected direct = element.getAnnotation(PlaytchaProtected.class);
        if (direct != null) {
            return direct.value();
        }
        for (Annotation annotation : element.getAnnotations()) {
            Class<?> type = annotation.annotationType();
            if (!type.getName().startsWith("java.") && seen.add(type)) {
                String guard = on(type, seen);
                if (guard != null) {
                    return guard;
                }
            }
        }
        return null;
    }

    /** The method and all that it overrides or implements, the nearest first. */
    private static Collection<Method> overridden(Class<?> type, Method method) {
        Collection<Class<?>> lineage = new LinkedHashSet<>(lineage(type));
        lineage.addAll(lineage(method.getDeclaringClass()));
        List<Class<?>[]> signatures = signatures(lineage, method);
        Set<Method> found = new LinkedHashSet<>();
        found.add(method);
        for (Class<?> each : lineage) {
            for (Method candidate : each.getDeclaredMethods()) {
                if (candidate.getName().equals(method.getName())
                        && signatures.stream().anyMatch(s -> Arrays.equals(s, candidate.getParameterTypes()))) {
                    found.add(candidate);
                }
            }
        }
        return found;
    }

    /** As a type parameter's erasure makes them differ: the compiler leaves a bridge for each. */
    private static List<Class<?>[]> signatures(Collection<Class<?>> lineage, Method method) {
        List<Class<?>[]> signatures = new ArrayList<>();
        signatures.add(method.getParameterTypes());
        for (Class<?> each : lineage) {
            for (Method candidate : each.getDeclaredMethods()) {
                if (candidate.isBridge()
                        && candidate.getName().equals(method.getName())
                        && takes(candidate.getParameterTypes(), method.getParameterTypes())) {
                    signatures.add(candidate.getParameterTypes());
                }
            }
        }
        return signatures;
    }

    private static boolean takes(Class<?>[] wide, Class<?>[] narrow) {
        if (wide.length != narrow.length) {
            return false;
        }
        for (int i = 0; i < wide.length; i++) {
            if (!wide[i].isAssignableFrom(narrow[i])) {
                return false;
            }
        }
        return true;
    }

    /** The class, its superclasses, then every interface, the nearest first. */
    private static Collection<Class<?>> lineage(Class<?> type) {
        Set<Class<?>> lineage = new LinkedHashSet<>();
        Deque<Class<?>> interfaces = new ArrayDeque<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            lineage.add(each);
            interfaces.addAll(List.of(each.getInterfaces()));
        }
        while (!interfaces.isEmpty()) {
            Class<?> each = interfaces.remove();
            if (lineage.add(each)) {
                interfaces.addAll(List.of(each.getInterfaces()));
            }
        }
        return lineage;
    }
}
