package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Specializes;
import jakarta.enterprise.inject.spi.Annotated;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Decorator;
import jakarta.enterprise.inject.spi.DeploymentException;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The application's beans that take late results, from whichever archive: on GlassFish a bean of {@code WEB-INF/lib}, as
 * ours are, does not see those of {@code WEB-INF/classes}. Filled while CDI starts, empty where no portable extension does
 * so. Thread-safe.
 */
final class LateHandlerResolver {
    private final Map<Bean<?>, @Nullable Annotated> beans = new LinkedHashMap<>();
    /** Classes and methods. */
    private final Set<Object> specialised = new HashSet<>();

    private @Nullable Bean<?> chosen;
    private @Nullable BeanManager manager;
    private @Nullable String problem;

    /**
     * Looks at one bean.
     *
     * @param bean of any kind: a class, what a producer makes, what an extension adds
     * @param annotated what declares it; null for the last
     */
    synchronized void look(Bean<?> bean, @Nullable Annotated annotated) {
        if (annotated != null && annotated.isAnnotationPresent(Specializes.class)) {
            specialises(bean, annotated);
        }
        // A decorator has the types of what it decorates, and is nothing that is injected.
        if (bean.getTypes().contains(LateResultHandler.class)
                && bean.getQualifiers().contains(Default.Literal.INSTANCE)
                && !(bean instanceof Decorator)) {
            beans.put(bean, annotated);
        }
    }

    private void specialises(Bean<?> bean, Annotated annotated) {
        Class<?> of = bean.getBeanClass().getSuperclass();
        if (!(annotated instanceof AnnotatedMethod<?> producer)) {
            specialised.add(of);
            return;
        }
        try {
            Method method = producer.getJavaMember();
            specialised.add(of.getDeclaredMethod(method.getName(), method.getParameterTypes()));
        } catch (NoSuchMethodException wrong) {
            // CDI says so itself.
        }
    }

    /** Weld shows extensions what others specialise as well, which is not enabled. */
    private boolean isSpecialised(Bean<?> bean, @Nullable Annotated annotated) {
        return specialised.contains(bean.getBeanClass())
                || (annotated instanceof AnnotatedMethod<?> producer && specialised.contains(producer.getJavaMember()));
    }

    private Set<Bean<?>> enabled() {
        Set<Bean<?>> enabled = new LinkedHashSet<>();
        beans.forEach((bean, annotated) -> {
            if (!isSpecialised(bean, annotated)) {
                enabled.add(bean);
            }
        });
        return enabled;
    }

    /**
     * Chooses once all were looked at: of those that beans of ours see, or else of all.
     *
     * @param ours sees what they do
     * @throws DeploymentException where there is more than one; names each
     */
    synchronized void choose(BeanManager ours) {
        Set<Bean<?>> seen = ours.getBeans(LateResultHandler.class);
        Set<Bean<?>> all = seen.isEmpty() ? enabled() : seen;
        try {
            chosen = ours.resolve(all);
            manager = ours;
        } catch (AmbiguousResolutionException several) {
            problem = CdiLateHandler.ambiguous(all);
            throw new DeploymentException(problem, several);
        } finally {
            beans.clear();
            specialised.clear();
        }
    }

    /** What kept the choice from being made, and is to keep the application from starting; null for nothing. */
    synchronized @Nullable String problem() {
        return problem;
    }

    /**
     * Makes a reference to the chosen one.
     *
     * @return a new one; null where there is none
     */
    Instance.@Nullable Handle<LateResultHandler> handle() {
        Bean<?> bean;
        BeanManager maker;
        synchronized (this) {
            bean = chosen;
            maker = manager;
        }
        // Not under the lock: making a bean takes as long as it takes.
        return bean == null || maker == null ? null : reference(bean, maker);
    }

    @SuppressWarnings("unchecked")
    private static Instance.Handle<LateResultHandler> reference(Bean<?> bean, BeanManager maker) {
        CreationalContext<?> context = maker.createCreationalContext(bean);
        return new Reference((Bean<LateResultHandler>) bean, context, (LateResultHandler)
                maker.getReference(bean, LateResultHandler.class, context));
    }

    private static final class Reference implements Instance.Handle<LateResultHandler> {
        private final Bean<LateResultHandler> bean;
        private final CreationalContext<?> context;
        private final LateResultHandler handler;

        Reference(Bean<LateResultHandler> bean, CreationalContext<?> context, LateResultHandler handler) {
            this.bean = bean;
            this.context = context;
            this.handler = handler;
        }

        @Override
        public LateResultHandler get() {
            return handler;
        }

        @Override
        public Bean<LateResultHandler> getBean() {
            return bean;
        }

        /** One without a scope of its own; others have contexts that end them. */
        @Override
        public void destroy() {
            context.release();
        }

        @Override
        public void close() {
            destroy();
        }
    }
}
