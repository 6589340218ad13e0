package com.playtcha.jakarta.cdi;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.BuildTimeUses;
import com.playtcha.jakarta.internal.cdi.LateProducer;
import com.playtcha.jakarta.internal.cdi.PlaytchaExtension;
import com.playtcha.jakarta.internal.config.CodeUse;
import com.playtcha.jakarta.internal.config.GuardSettings;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.build.compatible.spi.BeanInfo;
import jakarta.enterprise.inject.build.compatible.spi.BuildCompatibleExtension;
import jakarta.enterprise.inject.build.compatible.spi.Discovery;
import jakarta.enterprise.inject.build.compatible.spi.InjectionPointInfo;
import jakarta.enterprise.inject.build.compatible.spi.Messages;
import jakarta.enterprise.inject.build.compatible.spi.Registration;
import jakarta.enterprise.inject.build.compatible.spi.ScannedClasses;
import jakarta.enterprise.inject.build.compatible.spi.SkipIfPortableExtensionPresent;
import jakarta.enterprise.inject.build.compatible.spi.StereotypeInfo;
import jakarta.enterprise.inject.build.compatible.spi.Synthesis;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticComponents;
import jakarta.enterprise.lang.model.AnnotationInfo;
import jakarta.enterprise.lang.model.AnnotationMember;
import jakarta.enterprise.lang.model.declarations.ClassInfo;
import jakarta.enterprise.lang.model.declarations.MethodInfo;
import jakarta.enterprise.lang.model.declarations.ParameterInfo;
import jakarta.enterprise.lang.model.types.ClassType;
import jakarta.enterprise.lang.model.types.Type;
import jakarta.inject.Provider;
import jakarta.interceptor.Interceptor;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Adds this library's beans on containers of CDI Lite, which process an application while it is built, and records the
 * uses of guards and late results, so that their settings are checked at the start (contract, section 4). Containers with
 * portable extensions skip this class. Public for CDI only.
 */
@SkipIfPortableExtensionPresent(PlaytchaExtension.class)
public class PlaytchaBuildExtension implements BuildCompatibleExtension {
    private static final String VERIFIER = PlaytchaVerifier.class.getName();
    private static final Set<String> LATE =
            LateProducer.TYPES.stream().map(Class::getName).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> LOOK_UPS = Set.of(Instance.class.getName(), Provider.class.getName());

    private final Set<CodeUse> uses = new LinkedHashSet<>();

    /** For CDI. */
    public PlaytchaBuildExtension() {}

    /**
     * Adds this library's beans.
     *
     * @param classes the scanned classes, to which the beans are added
     */
    @Discovery
    public void addBeans(ScannedClasses classes) {
        PlaytchaExtension.BEANS.forEach(type -> classes.add(type.getName()));
    }

    /**
     * Collects the uses in one bean and reports annotations that would have no effect.
     *
     * @param bean any bean
     * @param messages receives the problems
     */
    @Registration(types = Object.class)
    public void look(BeanInfo bean, Messages messages) {
        for (InjectionPointInfo point : bean.injectionPoints()) {
            String type = injected(point.type());
            if (VERIFIER.equals(type)) {
                verifier(point, bean);
            } else if (LATE.contains(type)
                    && point.qualifiers().stream().noneMatch(PlaytchaBuildExtension::isOfApplication)) {
                uses.add(new CodeUse(null, where(point, bean)));
            }
        }
        if (bean.isClassBean() && !bean.declaringClass().hasAnnotation(Interceptor.class)) {
            guarded(bean, messages);
        }
    }

    /** Returns the name of the class that is injected, directly or through an {@code Instance} or {@code Provider}. */
    private static String injected(Type type) {
        if (type.isClass()) {
            return name(type.asClass());
        }
        return type.isParameterizedType()
                        && LOOK_UPS.contains(name(type.asParameterizedType().genericClass()))
                ? injected(type.asParameterizedType().typeArguments().get(0))
                : "";
    }

    /** Returns the name of a class; empty if the container has no declaration of it. */
    private static String name(ClassType type) {
        try {
            return type.declaration().name();
        } catch (NullPointerException notIndexed) {
            // Thrown by ArC 3.34 for classes outside its index. This library's classes are in the index.
            return "";
        }
    }

    private void verifier(InjectionPointInfo point, BeanInfo bean) {
        String guard = GuardSettings.DEFAULT_NAME;
        for (AnnotationInfo qualifier : point.qualifiers()) {
            if (qualifier.name().equals(PlaytchaGuard.class.getName())) {
                guard = value(qualifier);
            } else if (isOfApplication(qualifier)) {
                return;
            }
        }
        uses.add(new CodeUse(guard, where(point, bean)));
    }

    /** Returns whether a qualifier is the application's, which then has its own bean of the type. */
    private static boolean isOfApplication(AnnotationInfo qualifier) {
        return !qualifier.name().startsWith("jakarta.enterprise.inject.");
    }

    private static String where(InjectionPointInfo point, BeanInfo bean) {
        String of = bean.declaringClass().name();
        return point.declaration().isField()
                ? "field " + of + "." + point.declaration().asField().name()
                : of;
    }

    private void guarded(BeanInfo bean, Messages messages) {
        ClassInfo type = bean.declaringClass();
        AnnotationInfo onClass = type.hasAnnotation(PlaytchaProtected.class)
                ? type.annotation(PlaytchaProtected.class)
                : ofStereotypes(bean.stereotypes());
        if (onClass != null) {
            uses.add(new CodeUse(value(onClass), "class " + type.name()));
        }
        for (MethodInfo method : type.methods()) {
            String name = "method " + method.declaringClass().name() + "." + method.name();
            if (method.hasAnnotation(PlaytchaProtected.class)) {
                uses.add(new CodeUse(value(method.annotation(PlaytchaProtected.class)), name));
                if (Modifier.isPrivate(method.modifiers()) || method.isStatic() || method.isFinal()) {
                    messages.error(
                            "@PlaytchaProtected would not guard " + name
                                    + ": CDI intercepts calls of methods that are neither private, static nor final",
                            bean);
                }
            }
            // Weld's translator fails for methods of interfaces, and a bean does not inherit their annotations.
            if (!method.declaringClass().isInterface()) {
                tokens(method, name, bean, messages);
            }
        }
    }

    private static void tokens(MethodInfo method, String name, BeanInfo bean, Messages messages) {
        int tokens = 0;
        for (ParameterInfo parameter : method.parameters()) {
            if (parameter.hasAnnotation(PlaytchaToken.class)) {
                tokens++;
                if (!parameter.type().isClass()
                        || !parameter.type().asClass().declaration().name().equals("java.lang.String")) {
                    messages.error("@PlaytchaToken marks a parameter of " + name + " that is no String", bean);
                }
            }
        }
        if (tokens > 1) {
            messages.error("@PlaytchaToken marks " + tokens + " parameters of " + name + ": a method has one", bean);
        }
    }

    private static @Nullable AnnotationInfo ofStereotypes(Collection<StereotypeInfo> stereotypes) {
        for (StereotypeInfo stereotype : stereotypes) {
            for (AnnotationInfo binding : stereotype.interceptorBindings()) {
                if (binding.name().equals(PlaytchaProtected.class.getName())) {
                    return binding;
                }
            }
        }
        return null;
    }

    private static String value(AnnotationInfo annotation) {
        AnnotationMember value = annotation.hasMember("value") ? annotation.value() : null;
        return value == null ? GuardSettings.DEFAULT_NAME : value.asString();
    }

    /**
     * Adds a bean with the recorded uses, which is read at the start of the application.
     *
     * @param components the components, to which the bean is added
     */
    @Synthesis
    public void declare(SyntheticComponents components) {
        components
                .addBean(BuildTimeUses.class)
                .type(BuildTimeUses.class)
                .scope(Dependent.class)
                .withParam(
                        BuildTimeUses.GUARDS,
                        uses.stream().map(use -> String.valueOf(use.guard())).toArray(String[]::new))
                .withParam(
                        BuildTimeUses.PLACES, uses.stream().map(CodeUse::where).toArray(String[]::new))
                .createWith(BuildTimeUses.Creator.class);
    }
}
