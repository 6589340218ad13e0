package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.SettingsLoader.CodeUse;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.build.compatible.spi.Parameters;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticBeanCreator;
import jakarta.enterprise.inject.spi.DefinitionException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the build extension recorded, as a bean: the uses of guards and of late results, and whether a readiness check was
 * added. Public for CDI only.
 */
public record BuildTimeUses(Set<CodeUse> uses, boolean readinessChecked) {
    public static final String GUARDS = "guards";
    public static final String PLACES = "places";
    public static final String BEANS = "beans";
    public static final String HEALTH = "health";

    /** Creates the bean from the parameters that the build recorded, and inspects the beans that were marked. */
    public static final class Creator implements SyntheticBeanCreator<BuildTimeUses> {
        /** For CDI. */
        public Creator() {}

        @Override
        public BuildTimeUses create(Instance<Object> lookup, Parameters params) {
            String[] guards = params.get(GUARDS, String[].class);
            String[] places = params.get(PLACES, String[].class);
            Set<CodeUse> uses = new LinkedHashSet<>();
            for (int i = 0; i < guards.length; i++) {
                uses.add(new CodeUse(guards[i].isEmpty() ? null : guards[i], places[i]));
            }
            List<String> problems = new ArrayList<>();
            for (Class<?> bean : params.get(BEANS, Class[].class)) {
                problems.addAll(BeanInspector.inspect(bean, uses));
            }
            if (!problems.isEmpty()) {
                throw new DefinitionException(String.join("\n", problems));
            }
            return new BuildTimeUses(uses, params.get(HEALTH, Boolean.class));
        }
    }
}
