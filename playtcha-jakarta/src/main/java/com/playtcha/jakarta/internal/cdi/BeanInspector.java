package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.CodeUse;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the guarded methods and classes of beans, and reports annotations that would have no effect: an application must
 * not run unguarded because of a misplaced annotation.
 */
final class BeanInspector {
    private static final Logger LOG = LoggerFactory.getLogger(BeanInspector.class);
    private final Set<CodeUse> uses = new LinkedHashSet<>();

    /** Returns the uses of guards found so far. */
    Set<CodeUse> uses() {
        return uses;
    }

    /** Inspects one bean and returns its problems, one sentence each. */
    List<String> inspect(AnnotatedType<?> type, BeanManager beans) {
        List<String> problems = new ArrayList<>();
        PlaytchaProtected onClass = find(type.getAnnotations(), beans, new HashSet<>());
        if (onClass != null) {
            uses.add(new CodeUse(onClass.value(), "class " + type.getJavaClass().getName()));
        }
        Set<Method> guarded = new HashSet<>();
        for (AnnotatedMethod<?> method : type.getMethods()) {
            PlaytchaProtected onMethod = find(method.getAnnotations(), beans, new HashSet<>());
            List<AnnotatedParameter<?>> tokens = new ArrayList<>(method.getParameters());
            tokens.removeIf(parameter -> !parameter.isAnnotationPresent(PlaytchaToken.class));
            Method member = method.getJavaMember();
            // A bridge method calls a method that is inspected itself; an overridden method is not the bean's.
            if (onMethod == null && tokens.isEmpty()
                    || member.isBridge()
                    || isOverridden(member, type.getJavaClass())) {
                continue;
            }
            if (onMethod != null) {
                uses.add(new CodeUse(onMethod.value(), name(member)));
                guarded.addAll(GuardAnnotations.overridden(type.getJavaClass(), member));
                checkInterceptable(member, problems);
            }
            checkTokens(member, tokens, onMethod != null || onClass != null, problems);
        }
        if (onClass == null) {
            warnOfNotInherited(type.getJavaClass(), guarded);
        }
        return problems;
    }

    private static @Nullable PlaytchaProtected find(
            Collection<Annotation> annotations, BeanManager beans, Set<Class<?>> seen) {
        for (Annotation annotation : annotations) {
            if (annotation instanceof PlaytchaProtected found) {
                return found;
            }
        }
        for (Annotation annotation : annotations) {
            Class<? extends Annotation> type = annotation.annotationType();
            Set<Annotation> within = Set.of();
            if (beans.isStereotype(type)) {
                within = beans.getStereotypeDefinition(type);
            } else if (beans.isInterceptorBinding(type)) {
                within = beans.getInterceptorBindingDefinition(type);
            }
            PlaytchaProtected found = within.isEmpty() || !seen.add(type) ? null : find(within, beans, seen);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static void checkInterceptable(Method method, List<String> problems) {
        String modifier =
                Modifier.toString(method.getModifiers() & (Modifier.PRIVATE | Modifier.STATIC | Modifier.FINAL));
        if (!modifier.isEmpty()) {
            problems.add("@PlaytchaProtected would not guard " + name(method) + ", which is " + modifier
                    + ": CDI intercepts calls of methods that are neither private, static nor final");
        }
    }

    private static void checkTokens(
            Method method, List<AnnotatedParameter<?>> tokens, boolean guarded, List<String> problems) {
        for (AnnotatedParameter<?> parameter : tokens) {
            if (parameter.getBaseType() != String.class) {
                problems.add("@PlaytchaToken marks parameter " + (parameter.getPosition() + 1) + " of " + name(method)
                        + ", which is a " + parameter.getBaseType().getTypeName() + ": a token is a String");
            }
        }
        if (tokens.size() > 1) {
            problems.add("@PlaytchaToken marks " + tokens.size() + " parameters of " + name(method)
                    + ": a method has one token");
        }
        if (!tokens.isEmpty() && !guarded) {
            LOG.warn(
                    "@PlaytchaToken has no effect on {}: neither the method nor its class has @PlaytchaProtected",
                    name(method));
        }
    }

    /** Logs a warning for annotations of interfaces and overridden methods: CDI inherits only those of superclasses. */
    private static void warnOfNotInherited(Class<?> bean, Set<Method> guarded) {
        for (Class<?> type : GuardAnnotations.hierarchy(bean)) {
            if (type == bean || isResource(type)) {
                continue;
            }
            if (type.isInterface() && isMarked(type)) {
                warn("interface " + type.getName(), bean);
            }
            for (Method method : GuardAnnotations.declaredMethods(type)) {
                if (isMarked(method) && !Modifier.isPrivate(method.getModifiers()) && !guarded.contains(method)) {
                    warn(name(method), bean);
                }
            }
        }
    }

    private static boolean isMarked(AnnotatedElement element) {
        return Stream.of(GuardAnnotations.annotations(element)).anyMatch(PlaytchaProtected.class::isInstance)
                && !isResource(element);
    }

    /** Returns whether an element belongs to a Jakarta REST resource, which REST filters guard. */
    private static boolean isResource(AnnotatedElement element) {
        return Stream.of(GuardAnnotations.annotations(element))
                .anyMatch(annotation -> annotation.annotationType().getName().startsWith("jakarta.ws.rs."));
    }

    private static boolean isOverridden(Method method, Class<?> bean) {
        if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            return false;
        }
        for (Class<?> type = bean; type != null && type != method.getDeclaringClass(); type = type.getSuperclass()) {
            for (Method lower : GuardAnnotations.declaredMethods(type)) {
                // A public subclass of a package-private class has a bridge to the inherited method, which overrides
                // nothing.
                if (!lower.isBridge()
                        && lower.getName().equals(method.getName())
                        && GuardAnnotations.overridden(type, lower).contains(method)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void warn(String place, Class<?> bean) {
        LOG.warn(
                "@PlaytchaProtected on {} does not guard bean {}: CDI inherits it neither from interfaces nor from"
                        + " overridden methods; put it on the bean's class or method",
                place,
                bean.getName());
    }

    /** Logs a warning if a producer's result has the annotation, since CDI does not intercept calls of it. */
    static void warnOfProduced(Class<?> type, Member producer) {
        boolean guarded = isMarked(type)
                || !isResource(type)
                        && GuardAnnotations.hierarchy(type).stream()
                                .flatMap(each -> GuardAnnotations.declaredMethods(each).stream())
                                .anyMatch(method -> Modifier.isPublic(method.getModifiers()) && isMarked(method));
        if (guarded) {
            LOG.warn(
                    "@PlaytchaProtected does not guard the {} that producer {}.{} returns: CDI intercepts calls of objects"
                            + " that it created itself; make the class a bean, or call a PlaytchaVerifier",
                    type.getName(),
                    producer.getDeclaringClass().getName(),
                    producer.getName());
        }
    }

    private static String name(Method method) {
        return "method " + method.getDeclaringClass().getName() + "." + method.getName();
    }
}
