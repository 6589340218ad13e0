package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.GuardSettings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Registers a lazy {@link PlaytchaVerifier} for each guard, unless the application has one of its own. */
final class VerifierBeans implements ImportBeanDefinitionRegistrar {
    private final ListableBeanFactory beans;

    VerifierBeans(BeanFactory beans) {
        this.beans = (ListableBeanFactory) beans;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        if (beans.getBeanNamesForType(PlaytchaVerifier.class, true, false).length > 0) {
            return;
        }
        Set<String> guards = new LinkedHashSet<>(Set.of(GuardSettings.DEFAULT_NAME));
        new SpringSettings(beans.getBean(Environment.class))
                .find("playtcha.guards").stream()
                        .findFirst()
                        .map(ConfigValue::text)
                        .ifPresent(text -> guards.addAll(List.of(text.strip().split("[,\\s]+"))));
        guards.remove("off");
        for (String guard : guards) {
            boolean isDefault = guard.equals(GuardSettings.DEFAULT_NAME);
            RootBeanDefinition bean = new RootBeanDefinition(
                    PlaytchaVerifier.class,
                    () -> beans.getBean(SpringApplicationGuards.class).verifier(guard));
            bean.setLazyInit(true);
            bean.setPrimary(isDefault);
            bean.addQualifier(new AutowireCandidateQualifier(Qualifier.class, guard));
            registry.registerBeanDefinition("playtchaVerifier" + (isDefault ? "" : "-" + guard), bean);
        }
    }
}
