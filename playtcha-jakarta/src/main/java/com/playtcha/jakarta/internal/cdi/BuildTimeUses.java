package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.build.compatible.spi.Parameters;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticBeanCreator;
import jakarta.enterprise.inject.spi.DefinitionException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the build extension recorded, as a bean that creates itself from the parameters that were kept. Public for CDI
 * only.
 */
public final class BuildTimeUses implements SyntheticBeanCreator<BuildTimeUses> {
    /** The guards and places of injected verifiers and late results, by turns; the guard of the latter is empty. */
    public static final String USES = "uses";
    /** The classes of the beans that may be guarded. */
    public static final String BEANS = "beans";
    /** Whether a readiness check was added. */
    public static final String HEALTH = "health";

    private final Set<UsageSite> uses = new LinkedHashSet<>();
    private boolean readinessChecked;

    /** For CDI. */
    public BuildTimeUses() {}

    @Override
    public BuildTimeUses create(Instance<Object> lookup, Parameters params) {
        String[] recorded = params.get(USES, String[].class);
        for (int i = 0; i < recorded.length; i += 2) {
            uses.add(new UsageSite(recorded[i].isEmpty() ? null : recorded[i], recorded[i + 1]));
        }
        List<String> problems = new ArrayList<>();
        for (Class<?> bean : params.get(BEANS, Class[].class)) {
            problems.addAll(BeanInspector.inspect(bean, uses));
        }
        if (!problems.isEmpty()) {
            throw new DefinitionException(String.join("\n", problems));
        }
        readinessChecked = params.get(HEALTH, Boolean.class);
        return this;
    }

    void report(PlaytchaApplication application) {
        application.settings().register(uses);
        if (readinessChecked) {
            application.setReadinessChecked();
        }
    }
}
