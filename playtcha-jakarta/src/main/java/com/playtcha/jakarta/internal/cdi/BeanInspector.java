package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.config.GuardUse;
import jakarta.decorator.Decorator;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.annotation.Annotation;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the guarded places of beans, and those that look guarded and would not be: a guard that silently does not stand
 * there is the worst of mistakes.
 */
public final class BeanInspector {
    private static final Logger LOG = LoggerFactory.getLogger(BeanInspector.class);
    private static final Set<String> CALLBACKS = Set.of(
            "jakarta.annotation.PostConstruct",
            "jakarta.annotation.PreDestroy",
            "jakarta.interceptor.AroundInvoke",
            "jakarta.interceptor.AroundConstruct",
            "jakarta.interceptor.AroundTimeout");

    private static final String DECORATOR =
            "CDI does not intercept decorators; put @PlaytchaProtected on the beans that"
                    + " are decorated, where it is asked first. It would not guard ";

    private final Set<GuardUse> uses = new LinkedHashSet<>();

    /** The guarded places so far. */
    public Set<GuardUse> uses() {
        return uses;
    }

    /**
     * Looks at one bean.
     *
     * @param type of it
     * @param beans knows stereotypes and bindings
     * @return what is wrong, a sentence each
     */
    public List<String> look(AnnotatedType<?> type, BeanManager beans) {
        List<String> problems = new ArrayList<>();
        PlaytchaProtected onClass = in(type.getAnnotations(), beans, new HashSet<>());
        if (onClass != null) {
            uses.add(
                    new GuardUse(onClass.value(), "class " + type.getJavaClass().getName()));
        }
        boolean decorates = type.isAnnotationPresent(Decorator.class);
        if (decorates && onClass != null) {
            problems.add(DECORATOR + "class " + type.getJavaClass().getName());
        }
        Set<Method> guarded = new HashSet<>();
        for (AnnotatedMethod<?> method : type.getMethods()) {
            // A bridge is the compiler's, and only leads to a method that is looked at itself; an overridden method is
            // none of the bean's any more.
            if (method.getJavaMember().isBridge() || isOverridden(method.getJavaMember(), type.getJavaClass())) {
                continue;
            }
            PlaytchaProtected onMethod = in(method.getAnnotations(), beans, new HashSet<>());
            if (onMethod != null) {
                uses.add(new GuardUse(onMethod.value(), name(method.getJavaMember())));
                guarded.add(method.getJavaMember());
                whyNotIntercepted(method, problems);
                if (decorates) {
                    problems.add(DECORATOR + name(method.getJavaMember()));
                }
            }
            tokens(method, onMethod != null || onClass != null, problems);
        }
        if (onClass == null) {
            warnOfInherited(type.getJavaClass(), guarded);
        }
        return problems;
    }

    private static @Nullable PlaytchaProtected in(
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
            PlaytchaProtected found = within.isEmpty() || !seen.add(type) ? null : in(within, beans, seen);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static void whyNotIntercepted(AnnotatedMethod<?> method, List<String> problems) {
        int modifiers = method.getJavaMember().getModifiers();
        String why = null;
        if (Modifier.isPrivate(modifiers)) {
            why = "is private";
        } else if (Modifier.isStatic(modifiers)) {
            why = "is static";
        } else if (Modifier.isFinal(modifiers)) {
            why = "is final";
        }
        for (Annotation annotation : method.getAnnotations()) {
            if (CALLBACKS.contains(annotation.annotationType().getName())) {
                why = "is no business method but has @"
                        + annotation.annotationType().getSimpleName();
            }
        }
        if (why != null) {
            problems.add("@PlaytchaProtected would not guard " + name(method.getJavaMember()) + ", which " + why
                    + ": CDI intercepts calls of business methods that are neither private, static nor final");
        }
    }

    private static void tokens(AnnotatedMethod<?> method, boolean guarded, List<String> problems) {
        int tokens = 0;
        for (AnnotatedParameter<?> parameter : method.getParameters()) {
            if (parameter.isAnnotationPresent(PlaytchaToken.class)) {
                tokens++;
                if (parameter.getBaseType() != String.class) {
                    problems.add("@PlaytchaToken marks parameter " + (parameter.getPosition() + 1) + " of "
                            + name(method.getJavaMember()) + ", which is a "
                            + parameter.getBaseType().getTypeName() + ": a token is a String");
                }
            }
        }
        if (tokens > 1) {
            problems.add("@PlaytchaToken marks " + tokens + " parameters of " + name(method.getJavaMember())
                    + ": a method has one token");
        }
        if (tokens > 0 && !guarded) {
            LOG.warn(
                    "@PlaytchaToken has no effect on {}, which has no @PlaytchaProtected, nor has its class",
                    name(method.getJavaMember()));
        }
    }

    /** Bindings of a class are inherited by its subclasses; those of interfaces and of overridden methods are not. */
    private static void warnOfInherited(Class<?> bean, Set<Method> guarded) {
        Set<Class<?>> above = new LinkedHashSet<>();
        for (Class<?> type = bean; type != null && type != Object.class; type = type.getSuperclass()) {
            if (type != bean) {
                above.add(type);
            }
            interfaces(type, above);
        }
        for (Class<?> type : above) {
            if (isResource(type.getAnnotations())) {
                continue;
            }
            if (type.isInterface() && type.isAnnotationPresent(PlaytchaProtected.class)) {
                warn("interface " + type.getName(), bean);
            }
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(PlaytchaProtected.class)
                        && !Modifier.isPrivate(method.getModifiers())
                        && !guarded.contains(method)
                        && guarded.stream().noneMatch(each -> InterceptedMethod.overrides(each, method))
                        && !isResource(method.getAnnotations())) {
                    warn(name(method), bean);
                }
            }
        }
    }

    private static void interfaces(Class<?> type, Set<Class<?>> into) {
        for (Class<?> each : type.getInterfaces()) {
            into.add(each);
            interfaces(each, into);
        }
    }

    /** Jakarta REST has rules of its own, and guards it itself. */
    private static boolean isResource(Annotation[] annotations) {
        for (Annotation annotation : annotations) {
            if (annotation.annotationType().getName().startsWith("jakarta.ws.rs.")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOverridden(Method method, Class<?> bean) {
        if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            return false;
        }
        for (Class<?> type = bean; type != null && type != method.getDeclaringClass(); type = type.getSuperclass()) {
            for (Method lower : type.getDeclaredMethods()) {
                // A hidden superclass leaves a bridge to its own method in a public subclass.
                if (!lower.isBridge() && InterceptedMethod.overrides(lower, method)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void warn(String place, Class<?> bean) {
        LOG.warn(
                "@PlaytchaProtected on {} does not guard bean {}: CDI inherits it neither from interfaces nor from"
                        + " methods that are overridden; put it on the bean's class or method",
                place,
                bean.getName());
    }

    /**
     * Looks at what a producer makes.
     *
     * @param type of it, as far as is declared
     * @param producer a method or field
     */
    public static void warnOfProduced(Class<?> type, Member producer) {
        if (isGuarded(type) && !isResource(type.getAnnotations())) {
            LOG.warn(
                    "@PlaytchaProtected guards nothing in a {} that producer {}.{} makes by itself: CDI intercepts calls"
                            + " of objects that it made; make the class a bean, or ask a PlaytchaVerifier",
                    type.getName(),
                    producer.getDeclaringClass().getName(),
                    producer.getName());
        }
    }

    private static boolean isGuarded(Class<?> type) {
        if (type.isAnnotationPresent(PlaytchaProtected.class)) {
            return true;
        }
        for (Method method : type.getMethods()) {
            if (method.isAnnotationPresent(PlaytchaProtected.class) && !isResource(method.getAnnotations())) {
                return true;
            }
        }
        return false;
    }

    /** Such as {@code method com.example.SignUp.register}. */
    public static String name(Method method) {
        return "method " + method.getDeclaringClass().getName() + "." + method.getName();
    }
}
