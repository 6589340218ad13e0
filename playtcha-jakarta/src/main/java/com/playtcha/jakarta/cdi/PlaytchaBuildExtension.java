package com.playtcha.jakarta.cdi;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.cdi.BuildTimeUses;
import com.playtcha.jakarta.internal.cdi.PlaytchaExtension;
import com.playtcha.jakarta.internal.cdi.Producers;
import com.playtcha.jakarta.internal.config.GuardSettings;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.build.compatible.spi.BeanInfo;
import jakarta.enterprise.inject.build.compatible.spi.BuildCompatibleExtension;
import jakarta.enterprise.inject.build.compatible.spi.Discovery;
import jakarta.enterprise.inject.build.compatible.spi.InjectionPointInfo;
import jakarta.enterprise.inject.build.compatible.spi.Registration;
import jakarta.enterprise.inject.build.compatible.spi.ScannedClasses;
import jakarta.enterprise.inject.build.compatible.spi.SkipIfPortableExtensionPresent;
import jakarta.enterprise.inject.build.compatible.spi.Synthesis;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticComponents;
import jakarta.enterprise.lang.model.AnnotationInfo;
import jakarta.enterprise.lang.model.declarations.ClassInfo;
import jakarta.enterprise.lang.model.types.ClassType;
import jakarta.enterprise.lang.model.types.Type;
import jakarta.inject.Provider;
import jakarta.interceptor.Interceptor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Adds this library's beans on containers of CDI Lite, which process an application while it is built, and records the
 * uses of guards and late results, so that their settings are checked at the start. Containers with
 * portable extensions skip this class. Public for CDI only.
 */
@SkipIfPortableExtensionPresent(PlaytchaExtension.class)
public class PlaytchaBuildExtension implements BuildCompatibleExtension {
    private static final String VERIFIER = PlaytchaVerifier.class.getName();
    private static final Set<String> TYPES =
            Producers.TYPES.stream().map(Class::getName).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> LOOK_UPS = Set.of(Instance.class.getName(), Provider.class.getName());

    private final List<String> uses = new ArrayList<>();
    private final Set<ClassInfo> beans = new LinkedHashSet<>();

    /** For CDI. */
    public PlaytchaBuildExtension() {}

    /**
     * Adds this library's beans.
     *
     * @param classes the scanned classes, to which the beans are added
     */
    @Discovery
    public void addBeans(ScannedClasses classes) {
        PlaytchaExtension.beanNames().forEach(classes::add);
    }

    /**
     * Collects the uses in one bean.
     *
     * @param bean any bean
     */
    @Registration(types = Object.class)
    public void collectUsages(BeanInfo bean) {
        for (InjectionPointInfo point : bean.injectionPoints()) {
            String guard = guard(point);
            if (guard != null) {
                String of = bean.declaringClass().name();
                uses.add(guard);
                uses.add(
                        point.declaration().isField()
                                ? "field " + of + "."
                                        + point.declaration().asField().name()
                                : of);
            }
        }
        if (bean.isClassBean() && isMarked(bean) && !bean.declaringClass().hasAnnotation(Interceptor.class)) {
            beans.add(bean.declaringClass());
        }
    }

    /**
     * Returns the guard of an injected verifier, an empty name for late results, or null for what is not this
     * library's.
     */
    private static @Nullable String guard(InjectionPointInfo point) {
        String type = injected(point.type());
        boolean isVerifier = VERIFIER.equals(type);
        String guard = isVerifier ? GuardSettings.DEFAULT_NAME : "";
        for (AnnotationInfo qualifier : point.qualifiers()) {
            if (isVerifier && qualifier.name().equals(PlaytchaGuard.class.getName())) {
                guard = qualifier.hasMember("value") ? qualifier.value().asString() : guard;
            } else if (!qualifier.name().startsWith("jakarta.enterprise.inject.")) {
                // The application's qualifier, and so its own bean of the type.
                return null;
            }
        }
        return TYPES.contains(type) ? guard : null;
    }

    /** Returns whether a bean may be guarded, which its class shows at run time. */
    private static boolean isMarked(BeanInfo bean) {
        ClassInfo type = bean.declaringClass();
        return !bean.stereotypes().isEmpty()
                || type.hasAnnotation(PlaytchaProtected.class)
                || type.methods().stream().anyMatch(method -> method.hasAnnotation(PlaytchaProtected.class));
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
                .withParam(BuildTimeUses.USES, uses.toArray(String[]::new))
                .withParam(BuildTimeUses.BEANS, beans.toArray(ClassInfo[]::new))
                .withParam(BuildTimeUses.HEALTH, PlaytchaExtension.beanNames().contains(PlaytchaExtension.HEALTH_CHECK))
                .createWith(BuildTimeUses.class);
    }
}
