package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers, for each guard, a filter if it has {@code url-patterns}, and a lazy {@link PlaytchaVerifier} unless the
 * application has one of its own. All are made by factory methods, which Spring's ahead-of-time processing supports.
 */
final class GuardBeans implements ImportBeanDefinitionRegistrar {
    private final ListableBeanFactory beans;
    private final SpringSettings settings;

    GuardBeans(BeanFactory beans, Environment environment) {
        this.beans = (ListableBeanFactory) beans;
        this.settings = new SpringSettings(environment);
    }

    /** Returns the name of the bean that registers a filter. */
    static String filterBean(String filter) {
        return SpringApplicationGuards.FILTER_BEAN + filter;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Set<String> guards = new LinkedHashSet<>(Set.of(GuardSettings.DEFAULT_NAME));
        settings.text("playtcha.guards").ifPresent(text -> guards.addAll(List.of(text.split("[,\\s]+"))));
        boolean hasVerifier = beans.getBeanNamesForType(PlaytchaVerifier.class, true, false).length > 0;
        // Where an application runs that was processed ahead of time, its guards may read bodies.
        boolean readsBodies = Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
        for (String guard : guards) {
            boolean isDefault = guard.equals(GuardSettings.DEFAULT_NAME);
            if (settings.text(Setting.URL_PATTERNS.nameFor(guard)).isPresent()) {
                String filter = GuardSettings.filterName(guard);
                registry.registerBeanDefinition(
                        filterBean(filter), bean(GuardRegistration.class, "registration", filter, guard));
            }
            if (!hasVerifier) {
                RootBeanDefinition bean = bean(PlaytchaVerifier.class, "verifier", guard);
                bean.setLazyInit(true);
                bean.setPrimary(isDefault);
                bean.addQualifier(new AutowireCandidateQualifier(Qualifier.class, guard));
                registry.registerBeanDefinition("playtchaVerifier" + (isDefault ? "" : "-" + guard), bean);
            }
            readsBodies |=
                    settings.text(Setting.TOKEN_JSON_POINTER.nameFor(guard)).isPresent();
        }
        if (readsBodies) {
            registry.registerBeanDefinition(
                    "playtchaHandlerBodyFilter", bean(FilterRegistrationBean.class, "handlerBodies"));
        }
    }

    private static RootBeanDefinition bean(Class<?> type, String factoryMethod, Object... arguments) {
        RootBeanDefinition bean = new RootBeanDefinition(type);
        bean.setFactoryBeanName(SpringApplicationGuards.BEAN);
        bean.setFactoryMethodName(factoryMethod);
        for (int i = 0; i < arguments.length; i++) {
            bean.getConstructorArgumentValues().addIndexedArgumentValue(i, arguments[i]);
        }
        return bean;
    }
}
