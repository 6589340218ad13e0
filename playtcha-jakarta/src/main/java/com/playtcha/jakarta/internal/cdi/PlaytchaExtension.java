package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.runtime.StartupFailure;
import com.playtcha.jakarta.internal.util.ClassPresence;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedMember;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeShutdown;
import jakarta.enterprise.inject.spi.Decorator;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.Interceptor;
import jakarta.enterprise.inject.spi.ProcessBean;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import jakarta.inject.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Member;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds this library's beans, since its jar has no beans.xml, and collects the uses of guards and late results, so that
 * their settings are checked before the start (contract, section 4). Public for CDI only.
 */
public class PlaytchaExtension implements Extension {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaExtension.class);
    private static final List<Class<?>> BEANS = List.of(
            CdiApplication.class,
            CurrentVerification.class,
            Producers.class,
            ProtectedInterceptor.class,
            AsynchronousInterceptor.class);

    /** Loaded only where the Servlet API is. */
    private static final String SERVLETS = "com.playtcha.jakarta.internal.bridge.ServletBridge";

    /** Loaded only where the API of MicroProfile Health is. */
    public static final String HEALTH_CHECK = "com.playtcha.jakarta.internal.health.PlaytchaHealthCheck";

    private static final ClassLoader OWN_LOADER = PlaytchaExtension.class.getClassLoader();
    private static final String OWN_PACKAGES = "com.playtcha.jakarta.internal.";
    private static final String WILDFLY = "org.jboss.modules.";

    private final List<InjectionPoint> points = new ArrayList<>();
    private final Set<UsageSite> uses = new LinkedHashSet<>();
    private final Set<Bean<?>> beans = new LinkedHashSet<>();
    /** Of all beans whose objects the container creates. */
    private final Set<Class<?>> beanClasses = new HashSet<>();
    /** Whether the annotations of classes are there at run time, by the class loader. */
    private final Map<@Nullable ClassLoader, Boolean> hasAnnotations = new HashMap<>();

    private @Nullable PlaytchaApplication application;
    /** The class of the readiness check, where it is not a bean of this library's archive. */
    private @Nullable Class<?> healthCheck;

    /** For CDI. */
    public PlaytchaExtension() {}

    /**
     * Returns the application, which the servlet side shares. This and the next are public, since beans call them through a
     * proxy: where the library is a module of the server, its class loader defines none, and a proxy of another one runs a
     * method of the package itself, without the extension's fields.
     */
    public PlaytchaApplication application() {
        if (application == null) {
            application = ApplicationRegistry.begin(Thread.currentThread().getContextClassLoader());
        }
        return application;
    }

    /** Returns the beans of this type, of all archives and without a qualifier. */
    public Set<Bean<?>> beans(Class<?> type) {
        return beans.stream()
                .filter(bean -> bean.getTypes().contains(type))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns whether the container creates objects of this class or of one that extends it. */
    public boolean hasBeansOf(Class<?> type) {
        return beanClasses.stream().anyMatch(type::isAssignableFrom);
    }

    /**
     * Returns the names of the beans to add: the bridge only with the Servlet API, the readiness check only with its API
     * and the setting {@code health}.
     */
    public static List<String> beanNames() {
        List<String> names = new ArrayList<>();
        BEANS.forEach(bean -> names.add(bean.getName()));
        if (ClassPresence.isPresent("jakarta.servlet.http.HttpServletRequest", OWN_LOADER)) {
            names.add(SERVLETS);
        }
        ClassLoader classes = Thread.currentThread().getContextClassLoader();
        if (ClassPresence.isPresent("org.eclipse.microprofile.health.HealthCheck", OWN_LOADER)
                && classes != null
                && new SettingsLoader()
                        .classLoader(classes)
                        .inspect()
                        .application()
                        .get(Setting.HEALTH)) {
            names.add(HEALTH_CHECK);
        }
        return names;
    }

    void addBeans(@Observes BeforeBeanDiscovery event) throws ClassNotFoundException {
        for (String name : beanNames()) {
            if (name.equals(HEALTH_CHECK) && OWN_LOADER.getClass().getName().startsWith(WILDFLY)) {
                healthCheck = Class.forName(name);
                continue;
            }
            event.addAnnotatedType(Class.forName(name), name);
            if (name.equals(HEALTH_CHECK)) {
                application().setReadinessChecked();
            }
        }
    }

    void collectInjectionPoint(@Observes ProcessInjectionPoint<?, ?> event) {
        if (Producers.TYPES.contains(requiredType(event.getInjectionPoint()))) {
            points.add(event.getInjectionPoint());
        }
    }

    /** Returns the type that is injected, directly or through an {@code Instance} or {@code Provider}. */
    private static Type requiredType(InjectionPoint point) {
        return point.getType() instanceof ParameterizedType type
                        && (type.getRawType() == Instance.class || type.getRawType() == Provider.class)
                ? type.getActualTypeArguments()[0]
                : point.getType();
    }

    /** Observes beans of all types, since the event's type is that of the declaring class. */
    void inspect(@Observes ProcessBean<?> event) {
        Bean<?> bean = event.getBean();
        // A decorator has the types of what it decorates and cannot be injected.
        if (bean.getQualifiers().contains(Default.Literal.INSTANCE) && !(bean instanceof Decorator)) {
            beans.add(bean);
        }
        if (event.getAnnotated() instanceof AnnotatedMember<?> producer) {
            BeanInspector.warnAboutProducer(producer.getJavaMember());
            return;
        }
        beanClasses.add(bean.getBeanClass());
        if (BeanInspector.declaresFormLogin(bean.getBeanClass())) {
            application().setFormLogin();
        }
        if (!hasAnnotations.computeIfAbsent(bean.getBeanClass().getClassLoader(), BeanInspector::hasAnnotations)) {
            BeanInspector.warnAboutLostAnnotation(bean.getBeanClass());
        }
        if (bean instanceof Decorator) {
            BeanInspector.warnAboutDecorator(bean.getBeanClass());
        } else if (event instanceof ProcessManagedBean<?> && !(bean instanceof Interceptor)) {
            // An interceptor has the annotation as its binding.
            BeanInspector.inspect(bean.getBeanClass(), uses)
                    .forEach(problem -> event.addDefinitionError(new DefinitionException(problem)));
        }
    }

    /**
     * Adds the readiness check on WildFly, to an archive of the application: WildFly looks for checks in archives that had
     * beans before extensions ran, which this library's, without a beans.xml, did not.
     */
    void addHealthCheck(@Observes AfterBeanDiscovery event, BeanManager beans) {
        Class<?> check = healthCheck;
        if (check != null) {
            beanClasses.stream()
                    .filter(type -> type.getClassLoader() == OWN_LOADER
                            && !type.getName().startsWith(OWN_PACKAGES))
                    .min(Comparator.comparing(Class::getName))
                    .ifPresent(type -> {
                        event.addBean(beanOf(check, type, beans));
                        application().setReadinessChecked();
                    });
        }
    }

    /** Returns a bean that belongs to the archive of another class. */
    @SuppressWarnings("unchecked") // CDI takes an archive's class for that of the bean.
    private static <T> Bean<T> beanOf(Class<T> bean, Class<?> archive, BeanManager beans) {
        AnnotatedType<T> type = beans.createAnnotatedType(bean);
        return beans.createBean(
                beans.createBeanAttributes(type), (Class<T>) archive, beans.getInjectionTargetFactory(type));
    }

    void check(@Observes AfterDeploymentValidation event, BeanManager beans) {
        for (InjectionPoint point : points) {
            if (isOurs(point, beans)) {
                PlaytchaGuard guard = Producers.guard(point.getQualifiers());
                String named = guard == null ? GuardSettings.DEFAULT_NAME : guard.value();
                boolean isVerifier = requiredType(point) == PlaytchaVerifier.class;
                uses.add(new UsageSite(isVerifier ? named : null, describe(point)));
            }
        }
        try {
            if (!uses.isEmpty()
                    && beans.getBeans(CdiApplication.class, Any.Literal.INSTANCE)
                            .isEmpty()) {
                throw new PlaytchaConfigurationException(List.of("CDI does not have this library's beans, so annotated"
                        + " beans would not be guarded. Open Liberty does this where several web applications of an"
                        + " EAR have the library: deploy each of them by itself"));
            }
            application().settings().register(uses);
        } catch (PlaytchaConfigurationException problems) {
            // The server may ignore the problem and continue: guards then refuse every request.
            StartupFailure.log(LOG, problems);
            application().failStartup(problems);
            event.addDeploymentProblem(problems);
        }
    }

    /** Returns whether this library produces what is injected; the application may have its own bean of the type. */
    private static boolean isOurs(InjectionPoint point, BeanManager beans) {
        Annotation[] qualifiers = point.getQualifiers().toArray(Annotation[]::new);
        try {
            Bean<?> bean = beans.resolve(beans.getBeans(requiredType(point), qualifiers));
            return bean == null || bean.getBeanClass() == Producers.class;
        } catch (AmbiguousResolutionException any) {
            return true;
        }
    }

    private static String describe(InjectionPoint point) {
        Member member = point.getMember();
        String of = member.getDeclaringClass().getName();
        String name = member instanceof Constructor ? "constructor of " + of : of + "." + member.getName();
        return point.getAnnotated() instanceof AnnotatedParameter<?> parameter
                ? "parameter " + (parameter.getPosition() + 1) + " of " + name
                : "field " + name;
    }

    void end(@Observes BeforeShutdown event) {
        application().closeUnlessBound();
    }
}
