package com.playtcha.jakarta.internal.annotation;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds {@link PlaytchaProtected} on classes, methods, and what they override or implement. A class that cannot be
 * inspected, since a type in a signature is absent, counts as not annotated (contract, section 8).
 */
public final class GuardAnnotations {
    private static final Logger LOG = LoggerFactory.getLogger(GuardAnnotations.class);

    /** Limits the DEBUG line to one per class. */
    private static final Set<Class<?>> REPORTED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private GuardAnnotations() {}

    /**
     * Returns the guard that applies to a method: the one named on the method or on the nearest that it overrides or
     * implements, else the one of the class, or null.
     */
    public static @Nullable String guardOf(Class<?> type, Method method) {
        String onMethod = guardOnMethod(type, method);
        if (onMethod != null) {
            return onMethod;
        }
        String onClass = guardOf(type);
        return onClass == null ? guardOf(method.getDeclaringClass()) : onClass;
    }

    /** Returns the guard named on the method itself or on the nearest that it overrides or implements. */
    public static @Nullable String guardOnMethod(Class<?> type, Method method) {
        return firstGuard(overridden(type, method));
    }

    /** Returns the guard named on the class or on the nearest of its superclasses and interfaces. */
    public static @Nullable String guardOf(Class<?> type) {
        return firstGuard(hierarchy(type));
    }

    /** Returns whether a class, a method of it, or what they override or implement, has the annotation. */
    public static boolean isGuarded(Class<?> type) {
        return elements(type).anyMatch(element -> on(element) != null);
    }

    /** Returns whether Jakarta REST calls a class, whose filters guard it then. */
    public static boolean isResource(Class<?> type) {
        return elements(type).anyMatch(GuardAnnotations::isOfRest);
    }

    /** Returns whether an element itself has an annotation of Jakarta REST. */
    public static boolean isOfRest(AnnotatedElement element) {
        return Stream.of(annotations(element))
                .anyMatch(annotation -> annotation.annotationType().getName().startsWith("jakarta.ws.rs."));
    }

    private static Stream<AnnotatedElement> elements(Class<?> type) {
        return Stream.concat(hierarchy(type).stream(), methods(type));
    }

    private static @Nullable String firstGuard(Collection<? extends AnnotatedElement> elements) {
        return elements.stream()
                .map(GuardAnnotations::on)
                .filter(Objects::nonNull)
                .map(PlaytchaProtected::value)
                .findFirst()
                .orElse(null);
    }

    /** Returns the annotation of an element, also where another annotation, such as a stereotype, carries it. */
    public static @Nullable PlaytchaProtected on(AnnotatedElement element) {
        return on(element, new HashSet<>());
    }

    private static @Nullable PlaytchaProtected on(AnnotatedElement element, Set<Class<?>> seen) {
        Annotation[] annotations = annotations(element);
        for (Annotation annotation : annotations) {
            if (annotation instanceof PlaytchaProtected found) {
                return found;
            }
        }
        for (Annotation annotation : annotations) {
            Class<?> type = annotation.annotationType();
            PlaytchaProtected found = !type.getName().startsWith("java.") && seen.add(type) ? on(type, seen) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /**
     * Returns whether an annotation of this name, or one that is itself annotated with it, is on the method or on one
     * that it overrides or implements. A name, since the annotation's API may be absent.
     */
    public static boolean isAnnotated(Class<?> type, Method method, String annotation) {
        return overridden(type, method).stream()
                .flatMap(each -> Stream.of(annotations(each)))
                .map(Annotation::annotationType)
                .flatMap(found -> Stream.concat(
                        Stream.of(found), Stream.of(annotations(found)).map(Annotation::annotationType)))
                .anyMatch(found -> found.getName().equals(annotation));
    }

    /** Returns whether a parameter is the token. */
    public static boolean isToken(Parameter parameter) {
        return Stream.of(annotations(parameter)).anyMatch(PlaytchaToken.class::isInstance);
    }

    /** Returns the annotations of a class, method or parameter, or none if a type in them is absent. */
    public static Annotation[] annotations(AnnotatedElement element) {
        try {
            return element.getAnnotations();
        } catch (LinkageError | TypeNotPresentException | ArrayStoreException absent) {
            Object of = element instanceof Parameter parameter ? parameter.getDeclaringExecutable() : element;
            report(of instanceof Member member ? member.getDeclaringClass() : (Class<?>) of, absent);
            return new Annotation[0];
        }
    }

    /** Returns the methods that a class declares, or none if a type in a signature is absent. */
    public static List<Method> declaredMethods(Class<?> type) {
        try {
            return List.of(type.getDeclaredMethods());
        } catch (LinkageError | TypeNotPresentException absent) {
            report(type, absent);
            return List.of();
        }
    }

    /** Returns the methods of a class, its superclasses and interfaces, those of the nearest first. */
    public static Stream<Method> methods(Class<?> type) {
        return hierarchy(type).stream().flatMap(each -> declaredMethods(each).stream());
    }

    private static void report(Class<?> type, Throwable absent) {
        if (REPORTED.add(type)) {
            LOG.debug("{} cannot be inspected and counts as not annotated: {}", type.getName(), absent.toString());
        }
    }

    /** Returns the method and all that it overrides or implements, the nearest first. */
    public static Set<Method> overridden(Class<?> type, Method method) {
        Set<Class<?>> hierarchy = hierarchy(type);
        hierarchy.addAll(hierarchy(method.getDeclaringClass()));
        List<Method> sameName = hierarchy.stream()
                .flatMap(each -> declaredMethods(each).stream())
                .filter(each -> each.getName().equals(method.getName()))
                .toList();
        // Where a type parameter's erasure makes signatures differ, the compiler leaves a bridge method for each.
        List<Class<?>[]> signatures = Stream.concat(
                        Stream.of(method), sameName.stream().filter(each -> each.isBridge() && accepts(each, method)))
                .map(Method::getParameterTypes)
                .toList();
        Set<Method> found = new LinkedHashSet<>(List.of(method));
        sameName.stream()
                .filter(each -> signatures.stream().anyMatch(one -> Arrays.equals(one, each.getParameterTypes())))
                .forEach(found::add);
        return found;
    }

    private static boolean accepts(Method wide, Method narrow) {
        Class<?>[] parameters = narrow.getParameterTypes();
        return wide.getParameterCount() == parameters.length
                && IntStream.range(0, parameters.length)
                        .allMatch(i -> wide.getParameterTypes()[i].isAssignableFrom(parameters[i]));
    }

    /** Returns the class, its superclasses but {@code Object}, then every interface, the nearest first. */
    public static Set<Class<?>> hierarchy(Class<?> type) {
        Set<Class<?>> hierarchy = new LinkedHashSet<>();
        Deque<Class<?>> interfaces = new ArrayDeque<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            hierarchy.add(each);
            interfaces.addAll(List.of(each.getInterfaces()));
        }
        while (!interfaces.isEmpty()) {
            Class<?> each = interfaces.remove();
            if (hierarchy.add(each)) {
                interfaces.addAll(List.of(each.getInterfaces()));
            }
        }
        return hierarchy;
    }
}
