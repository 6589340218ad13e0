package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.GuardUse;
import com.playtcha.jakarta.internal.config.UsesInCode;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
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
import jakarta.enterprise.inject.spi.DeploymentException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.ProcessBean;
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
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds this library's beans, since a jar with an extension and no beans.xml has none, and finds the uses of guards and
 * late results, so that their settings are checked before the start (contract, section 4). Public for CDI only.
 */
public class PlaytchaExtension implements Extension {
    /** The library's beans and interceptors. */
    public static final List<Class<?>> BEANS = List.of(
            CdiApplication.class,
            CurrentRequest.class,
            CurrentVerification.class,
            VerifierProducer.class,
            LateProducer.class,
            ProtectedInterceptor.class);

    private final List<InjectionPoint> points = new ArrayList<>();
    private final BeanInspector guarded = new BeanInspector();
    private final LateHandlerResolver handlers = new LateHandlerResolver();
    private @Nullable PlaytchaApplication application;

    /** For CDI. */
    public PlaytchaExtension() {}

    /** Returns the application, which the servlet side shares. */
    synchronized PlaytchaApplication application() {
        PlaytchaApplication known = application;
        if (known == null) {
            known = PlaytchaApplication.of(Thread.currentThread().getContextClassLoader());
            application = known;
        }
        return known;
    }

    LateHandlerResolver handlers() {
        return handlers;
    }

    void addBeans(@Observes BeforeBeanDiscovery event) {
        BEANS.forEach(type -> event.addAnnotatedType(type, type.getName()));
    }

    void injected(@Observes ProcessInjectionPoint<?, ?> event) {
        Type type = wanted(event.getInjectionPoint());
        if (type == PlaytchaVerifier.class || LateProducer.TYPES.contains(type)) {
            points.add(event.getInjectionPoint());
        }
    }

    /** Returns the type that is injected, directly or by an {@code Instance} or {@code Provider}. */
    private static Type wanted(InjectionPoint point) {
        return point.getType() instanceof ParameterizedType type
                        && (type.getRawType() == Instance.class || type.getRawType() == Provider.class)
                ? type.getActualTypeArguments()[0]
                : point.getType();
    }

    /** Observes beans of all types: the type of the event is the declaring class, not that of the bean. */
    void any(@Observes ProcessBean<?> event) {
        handlers.add(event.getBean(), event.getAnnotated());
    }

    void look(@Observes ProcessManagedBean<?> event, BeanManager beans) {
        if (event.getAnnotatedBeanClass().isAnnotationPresent(Interceptor.class)) {
            // On an interceptor, the annotation is its binding.
            return;
        }
        for (String problem : guarded.inspect(event.getAnnotatedBeanClass(), beans)) {
            event.addDefinitionError(new DefinitionException(problem));
        }
    }

    void made(@Observes ProcessProducerMethod<?, ?> event) {
        Method producer = event.getAnnotatedProducerMethod().getJavaMember();
        BeanInspector.warnOfProduced(producer.getReturnType(), producer);
    }

    void made(@Observes ProcessProducerField<?, ?> event) {
        Field producer = event.getAnnotatedProducerField().getJavaMember();
        BeanInspector.warnOfProduced(producer.getType(), producer);
    }

    void check(@Observes AfterDeploymentValidation event, BeanManager beans) {
        Set<GuardUse> uses = new LinkedHashSet<>();
        Set<String> lateUses = new LinkedHashSet<>();
        for (InjectionPoint point : points) {
            Class<?> maker = maker(point, beans);
            if (maker == VerifierProducer.class) {
                PlaytchaGuard guard = VerifierProducer.guard(point.getQualifiers());
                uses.add(new GuardUse(guard == null ? GuardSettings.DEFAULT_NAME : guard.value(), where(point)));
            } else if (maker == LateProducer.class) {
                lateUses.add(where(point));
            }
        }
        uses.addAll(guarded.uses());
        points.clear();
        try {
            application().use(new UsesInCode(uses, lateUses));
        } catch (PlaytchaConfigurationException problems) {
            // A server may go on after the problem: guards then refuse every request.
            application().refuse(problems);
            event.addDeploymentProblem(problems);
        }
        try {
            handlers.choose(beans);
        } catch (DeploymentException several) {
            event.addDeploymentProblem(several);
        }
    }

    /** Returns the library's producer class of an injection point; null where the application has its own bean. */
    private static @Nullable Class<?> maker(InjectionPoint point, BeanManager beans) {
        Type type = wanted(point);
        Class<?> ours = type == PlaytchaVerifier.class ? VerifierProducer.class : LateProducer.class;
        Annotation[] qualifiers = point.getQualifiers().toArray(Annotation[]::new);
        try {
            Bean<?> bean = beans.resolve(beans.getBeans(type, qualifiers));
            return bean == null || bean.getBeanClass() == ours ? ours : null;
        } catch (AmbiguousResolutionException any) {
            return ours;
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
