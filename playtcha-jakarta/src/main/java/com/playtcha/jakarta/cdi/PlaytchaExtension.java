package com.playtcha.jakarta.cdi;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.config.GuardSettings;
import com.playtcha.jakarta.config.GuardUse;
import com.playtcha.jakarta.runtime.PlaytchaApplication;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeShutdown;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import jakarta.enterprise.inject.spi.ProcessProducerField;
import jakarta.enterprise.inject.spi.ProcessProducerMethod;
import jakarta.inject.Provider;
import jakarta.interceptor.Interceptor;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds this library's beans to an application, since a jar with an extension and no beans.xml has none, and finds out
 * which guards the application's code uses, so that their settings are checked before it starts (contract, section 4).
 * Public for CDI's sake only.
 */
public class PlaytchaExtension implements Extension {
    /** Everything that is a bean or an interceptor. */
    static final List<Class<?>> BEANS = List.of(
            CdiApplication.class,
            RequestJudgements.class,
            CurrentVerification.class,
            VerifierProducer.class,
            ProtectedInterceptor.class);

    private final List<InjectionPoint> points = new ArrayList<>();
    private final GuardedBeans guarded = new GuardedBeans();
    private @Nullable PlaytchaApplication application;

    /** For CDI. */
    public PlaytchaExtension() {}

    /** The application that the servlet side may know as well. */
    synchronized PlaytchaApplication application() {
        PlaytchaApplication known = application;
        if (known == null) {
            known = PlaytchaApplication.of(Thread.currentThread().getContextClassLoader());
            application = known;
        }
        return known;
    }

    void addBeans(@Observes BeforeBeanDiscovery event) {
        BEANS.forEach(type -> event.addAnnotatedType(type, type.getName()));
    }

    void injected(@Observes ProcessInjectionPoint<?, PlaytchaVerifier> event) {
        points.add(event.getInjectionPoint());
    }

    void lookedUp(@Observes ProcessInjectionPoint<?, Instance<PlaytchaVerifier>> event) {
        points.add(event.getInjectionPoint());
    }

    void provided(@Observes ProcessInjectionPoint<?, Provider<PlaytchaVerifier>> event) {
        points.add(event.getInjectionPoint());
    }

    void look(@Observes ProcessManagedBean<?> event, BeanManager beans) {
        if (event.getAnnotatedBeanClass().isAnnotationPresent(Interceptor.class)) {
            // There the annotation says what it binds to.
            return;
        }
        for (String problem : guarded.look(event.getAnnotatedBeanClass(), beans)) {
            event.addDefinitionError(new DefinitionException(problem));
        }
    }

    void made(@Observes ProcessProducerMethod<?, ?> event) {
        Method producer = event.getAnnotatedProducerMethod().getJavaMember();
        GuardedBeans.warnOfProduced(producer.getReturnType(), producer);
    }

    void made(@Observes ProcessProducerField<?, ?> event) {
        Field producer = event.getAnnotatedProducerField().getJavaMember();
        GuardedBeans.warnOfProduced(producer.getType(), producer);
    }

    void check(@Observes AfterDeploymentValidation event, BeanManager beans) {
        Set<GuardUse> uses = new LinkedHashSet<>();
        for (InjectionPoint point : points) {
            if (isOurs(point, beans)) {
                PlaytchaGuard guard = VerifierProducer.guard(point.getQualifiers());
                uses.add(new GuardUse(guard == null ? GuardSettings.DEFAULT_NAME : guard.value(), where(point)));
            }
        }
        uses.addAll(guarded.uses());
        points.clear();
        try {
            application().use(uses);
        } catch (PlaytchaConfigurationException problems) {
            // The servlet context knew the settings already. Should a server go on all the same, nobody gets by.
            application().refuse(problems);
            event.addDeploymentProblem(problems);
        }
    }

    /** An application may have verifiers of its own: in its tests, say. */
    private static boolean isOurs(InjectionPoint point, BeanManager beans) {
        Annotation[] qualifiers = point.getQualifiers().toArray(Annotation[]::new);
        try {
            Bean<?> bean = beans.resolve(beans.getBeans(PlaytchaVerifier.class, qualifiers));
            return bean == null || bean.getBeanClass() == VerifierProducer.class;
        } catch (AmbiguousResolutionException any) {
            return true;
        }
    }

    private static String where(InjectionPoint point) {
        Member member = point.getMember();
        String of = member.getDeclaringClass().getName();
        if (member instanceof Field) {
            return "field " + of + "." + member.getName();
        }
        String name = member instanceof Constructor ? "constructor of " + of : of + "." + member.getName();
        return point.getAnnotated() instanceof AnnotatedParameter<?> parameter
                ? "parameter " + (parameter.getPosition() + 1) + " of " + name
                : name;
    }

    void end(@Observes BeforeShutdown event) {
        application().endUnlessClaimed();
    }
}
