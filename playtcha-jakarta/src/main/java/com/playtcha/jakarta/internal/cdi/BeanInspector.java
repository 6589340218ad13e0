package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.util.ClassPresence;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
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

    /** The annotation, as class files name it. */
    private static final String DESCRIPTOR = PlaytchaProtected.class.descriptorString();

    /** The name begins like this for a list of such annotations too. */
    private static final String FORM_LOGIN =
            "jakarta.security.enterprise.authentication.mechanism.http.FormAuthenticationMechanismDefinition";

    private static final Set<String> CALLED_BY_CONTAINER =
            Set.of("jakarta.inject.Inject", "jakarta.annotation.PostConstruct", "jakarta.annotation.PreDestroy");

    private BeanInspector() {}

    /** Inspects the class of a bean, adds its uses of guards, and returns its problems, one sentence each. */
    static List<String> inspect(Class<?> bean, Collection<UsageSite> uses) {
        List<String> problems = new ArrayList<>();
        PlaytchaProtected onClass = GuardAnnotations.on(bean);
        if (onClass != null) {
            uses.add(new UsageSite(onClass.value(), "class " + bean.getName()));
        }
        for (Class<?> type : GuardAnnotations.hierarchy(bean)) {
            if (type.isInterface() && onClass == null && isMarked(type) && !GuardAnnotations.isResource(type)) {
                warnAboutNotInherited("interface " + type.getName(), bean);
            }
            for (Method method : GuardAnnotations.declaredMethods(type)) {
                PlaytchaProtected onMethod = GuardAnnotations.on(method);
                List<Parameter> tokens = Stream.of(method.getParameters())
                        .filter(GuardAnnotations::isToken)
                        .toList();
                // A bridge method calls a method that is inspected itself.
                if (method.isBridge() || onMethod == null && tokens.isEmpty()) {
                    continue;
                }
                Method override = mostSpecificOverride(bean, method);
                if (!override.equals(method)) {
                    if (onClass == null
                            && isMarked(method)
                            && !GuardAnnotations.isOfRest(type)
                            && GuardAnnotations.on(override) == null) {
                        warnAboutNotInherited(name(method), bean);
                    }
                    continue;
                }
                if (onMethod != null) {
                    uses.add(new UsageSite(onMethod.value(), name(method)));
                    checkInterceptable(method, problems);
                    warnAboutInitializer(method);
                }
                checkTokens(method, tokens, onMethod != null || onClass != null, problems);
            }
        }
        return problems;
    }

    /** Returns the method of a bean that overrides or implements another one, or the method itself. */
    private static Method mostSpecificOverride(Class<?> bean, Method method) {
        if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            return method;
        }
        return GuardAnnotations.methods(bean)
                .filter(each -> !each.isBridge()
                        && each.getName().equals(method.getName())
                        && GuardAnnotations.overridden(bean, each).contains(method))
                .findFirst()
                .orElse(method);
    }

    private static void checkInterceptable(Method method, List<String> problems) {
        String modifier =
                Modifier.toString(method.getModifiers() & (Modifier.PRIVATE | Modifier.STATIC | Modifier.FINAL));
        if (!modifier.isEmpty()) {
            problems.add("@PlaytchaProtected would not guard " + name(method) + ", which is " + modifier
                    + ": CDI intercepts calls of methods that are neither private, static nor final");
        }
    }

    /** The container calls these itself, before anybody could intercept a call of the bean. */
    private static void warnAboutInitializer(Method method) {
        Stream.of(GuardAnnotations.annotations(method))
                .map(annotation -> annotation.annotationType().getName())
                .filter(CALLED_BY_CONTAINER::contains)
                .findFirst()
                .ifPresent(annotation -> LOG.warn(
                        "@PlaytchaProtected has no effect on {}, which has @{}: CDI does not intercept this call",
                        name(method),
                        annotation));
    }

    private static void checkTokens(Method method, List<Parameter> tokens, boolean guarded, List<String> problems) {
        if (tokens.size() > 1 || tokens.stream().anyMatch(parameter -> parameter.getType() != String.class)) {
            problems.add(
                    "@PlaytchaToken marks " + tokens + " of " + name(method) + ": a method has one token, a String");
        }
        if (!tokens.isEmpty() && !guarded) {
            LOG.warn(
                    "@PlaytchaToken has no effect on {}: neither the method nor its class has @PlaytchaProtected",
                    name(method));
        }
    }

    /** Returns whether an element has the annotation and no Jakarta REST filter guards it. */
    private static boolean isMarked(AnnotatedElement element) {
        return GuardAnnotations.on(element) != null && !GuardAnnotations.isOfRest(element);
    }

    /** CDI inherits annotations of superclasses only. */
    private static void warnAboutNotInherited(String place, Class<?> bean) {
        LOG.warn(
                "@PlaytchaProtected on {} does not guard bean {}: CDI inherits it neither from interfaces nor from"
                        + " overridden methods; put it on the bean's class or method",
                place,
                bean.getName());
    }

    /** Logs a warning if a producer's result has the annotation, since CDI does not intercept calls of it. */
    static void warnAboutProducer(Member producer) {
        Class<?> type = producer instanceof Method method ? method.getReturnType() : ((Field) producer).getType();
        List<UsageSite> uses = new ArrayList<>();
        inspect(type, uses);
        if (!uses.isEmpty() && !GuardAnnotations.isOfRest(type)) {
            LOG.warn(
                    "@PlaytchaProtected does not guard the {} that producer {}.{} returns: CDI intercepts calls of objects"
                            + " that it created itself; make the class a bean, or call a PlaytchaVerifier",
                    type.getName(),
                    producer.getDeclaringClass().getName(),
                    producer.getName());
        }
    }

    /** Logs a warning if a decorator has the annotation, since CDI does not intercept calls of decorators. */
    static void warnAboutDecorator(Class<?> decorator) {
        if (GuardAnnotations.on(decorator) != null
                || GuardAnnotations.methods(decorator)
                        .anyMatch(method ->
                                !method.getDeclaringClass().isInterface() && GuardAnnotations.on(method) != null)) {
            LOG.warn(
                    "@PlaytchaProtected has no effect on decorator {}: CDI does not intercept calls of decorators; put it"
                            + " on the class or method of the bean that is decorated",
                    decorator.getName());
        }
    }

    /** Returns whether a class switches the form login of Jakarta Security on, whose API may be absent. */
    static boolean declaresFormLogin(Class<?> bean) {
        return Stream.of(GuardAnnotations.annotations(bean))
                .anyMatch(annotation -> annotation.annotationType().getName().startsWith(FORM_LOGIN));
    }

    /** Returns whether classes of a loader show this library's annotations at run time, be it those of another copy. */
    static boolean hasAnnotations(@Nullable ClassLoader loader) {
        return ClassPresence.isPresent(PlaytchaProtected.class.getName(), loader);
    }

    /**
     * Logs a warning if a bean's class was compiled with the annotation and its class loader does not have it, for Java leaves
     * out such annotations without an error. So it is in an EAR where the library is in a WAR and the bean is not.
     */
    static void warnAboutLostAnnotation(Class<?> bean) {
        try (InputStream file = bean.getResourceAsStream("/" + bean.getName().replace('.', '/') + ".class")) {
            if (file != null && new String(file.readAllBytes(), StandardCharsets.ISO_8859_1).contains(DESCRIPTOR)) {
                LOG.warn(
                        "@PlaytchaProtected has no effect on {}: its class loader, {}, does not have playtcha-jakarta, so"
                                + " that nothing intercepts its calls. Move the class to the web application that has the"
                                + " jar, or guard the code that calls it",
                        bean.getName(),
                        bean.getClassLoader());
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} cannot be read", bean.getName(), e);
        }
    }

    private static String name(Method method) {
        return "method " + method.getDeclaringClass().getName() + "." + method.getName();
    }
}
