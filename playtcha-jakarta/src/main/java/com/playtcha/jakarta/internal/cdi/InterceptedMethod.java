package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a guarded method has its token, and which guard it names. Internal: public for proxies only. */
public final class InterceptedMethod {
    static final int NO_PARAMETER = -1;

    /** Where containers say which bindings led to an interceptor; CDI 4.0 has no other word for it. */
    private static final List<String> BINDINGS =
            List.of("org.jboss.weld.interceptor.bindings", "io.quarkus.arc.interceptorBindings");

    private final Method method;
    private final int tokenParameter;
    private final boolean locator;
    private final boolean ofRestApplication;

    private InterceptedMethod(Method method, int tokenParameter) {
        this.method = method;
        this.tokenParameter = tokenParameter;
        this.locator = isLocator(method);
        this.ofRestApplication = inherited(method).stream()
                .anyMatch(each -> each.getDeclaringClass().getName().equals("jakarta.ws.rs.core.Application"));
    }

    static InterceptedMethod of(Method method) {
        return new InterceptedMethod(method, tokenParameter(method, method.getDeclaringClass()));
    }

    /**
     * The method's own, else that of a method above it: what is marked there is the token as well, and a token must not
     * be passed over for another one that the request was verified with before.
     */
    private static int tokenParameter(Method method, @Nullable Class<?> type) {
        if (type == null) {
            return NO_PARAMETER;
        }
        int found = marked(method, type);
        for (Class<?> each : type.getInterfaces()) {
            found = found == NO_PARAMETER ? tokenParameter(method, each) : found;
        }
        return found == NO_PARAMETER ? tokenParameter(method, type.getSuperclass()) : found;
    }

    private static int marked(Method method, Class<?> type) {
        for (Method declared : type.getDeclaredMethods()) {
            if (overrides(method, declared)) {
                Parameter[] parameters = declared.getParameters();
                for (int i = 0; i < parameters.length; i++) {
                    if (parameters[i].isAnnotationPresent(PlaytchaToken.class)) {
                        return i;
                    }
                }
            }
        }
        return NO_PARAMETER;
    }

    /** Whether they are the same, or the lower one overrides or implements the upper one, whose class is above its own. */
    static boolean overrides(Method lower, Method upper) {
        if (!lower.getName().equals(upper.getName()) || lower.getParameterCount() != upper.getParameterCount()) {
            return false;
        }
        if (Arrays.equals(lower.getParameterTypes(), upper.getParameterTypes())) {
            return true;
        }
        // Of a type parameter: the compiler leaves a bridge with the parameters as they are above.
        for (Method bridge : lower.getDeclaringClass().getDeclaredMethods()) {
            if (bridge.isBridge()
                    && bridge.getName().equals(upper.getName())
                    && Arrays.equals(bridge.getParameterTypes(), upper.getParameterTypes())) {
                return true;
            }
        }
        return false;
    }

    /** The index of the parameter with the token, or {@link #NO_PARAMETER}. */
    int tokenParameter() {
        return tokenParameter;
    }

    /**
     * Whether Jakarta REST's side of this library sees to the method: it has admitted the request to it, by its own rules
     * of safe methods; or the method is a sub-resource locator, whose annotation guards what it leads to; or it is one of
     * an {@code Application}, whose annotation guards its resources.
     *
     * @param bean the class, or one that a container made from it
     * @param verifications of the request
     * @return false for a method whose token is a parameter: that one may be another
     */
    boolean isLeftToRest(Class<?> bean, RequestVerifications verifications) {
        return tokenParameter == NO_PARAMETER
                && (ofRestApplication || verifications.isAdmittedTo(bean, method) || locator && verifications.isMatching());
    }

    /** By names: the API may be absent. */
    private static boolean isLocator(Method method) {
        boolean path = false;
        for (Method each : inherited(method)) {
            for (Annotation annotation : each.getAnnotations()) {
                Class<?> type = annotation.annotationType();
                if (Stream.of(type.getAnnotations()).anyMatch(meta -> isRest(meta, "HttpMethod"))) {
                    return false;
                }
                path |= isRest(annotation, "Path");
            }
        }
        return path;
    }

    private static boolean isRest(Annotation annotation, String name) {
        return annotation.annotationType().getName().equals("jakarta.ws.rs." + name);
    }

    /** The method, and those above it with its name and parameters. */
    private static List<Method> inherited(Method method) {
        List<Method> found = new ArrayList<>();
        Deque<Class<?>> types = new ArrayDeque<>(List.of(method.getDeclaringClass()));
        while (!types.isEmpty()) {
            Class<?> type = types.remove();
            for (Method each : type.getDeclaredMethods()) {
                if (each.getName().equals(method.getName())
                        && Arrays.equals(each.getParameterTypes(), method.getParameterTypes())) {
                    found.add(each);
                }
            }
            types.addAll(List.of(type.getInterfaces()));
            if (type.getSuperclass() != null) {
                types.add(type.getSuperclass());
            }
        }
        return found;
    }

    /**
     * The guard that the method names, its class, or a stereotype or binding of theirs.
     *
     * @param bean the object it is called on
     * @param contextData of the invocation
     * @return its name
     * @throws IllegalStateException where it cannot be told, so that the method does not run
     */
    String guard(@Nullable Object bean, Collection<? extends java.util.Map.Entry<String, Object>> contextData) {
        PlaytchaProtected found = method.getAnnotation(PlaytchaProtected.class);
        if (found == null) {
            found = amongBindings(contextData);
        }
        if (found == null) {
            found = in(method, new HashSet<>());
        }
        for (Class<?> type = bean == null ? method.getDeclaringClass() : bean.getClass();
                found == null && type != null;
                type = type.getSuperclass()) {
            found = in(type, new HashSet<>());
        }
        if (found == null) {
            throw new IllegalStateException("which guard " + method + " names cannot be told: put @PlaytchaProtected on"
                    + " the method or its class");
        }
        return found.value();
    }

    private static @Nullable PlaytchaProtected amongBindings(
            Collection<? extends java.util.Map.Entry<String, Object>> contextData) {
        for (java.util.Map.Entry<String, Object> entry : contextData) {
            if (BINDINGS.contains(entry.getKey()) && entry.getValue() instanceof Collection<?> bindings) {
                for (Object binding : bindings) {
                    if (binding instanceof PlaytchaProtected guarded) {
                        return guarded;
                    }
                }
            }
        }
        return null;
    }

    private static @Nullable PlaytchaProtected in(AnnotatedElement element, Set<Class<?>> seen) {
        PlaytchaProtected found = element.getAnnotation(PlaytchaProtected.class);
        for (Annotation annotation : found == null ? element.getAnnotations() : new Annotation[0]) {
            Class<? extends Annotation> type = annotation.annotationType();
            if (found == null && !type.getName().startsWith("java.") && seen.add(type)) {
                found = in(type, seen);
            }
        }
        return found;
    }
}
