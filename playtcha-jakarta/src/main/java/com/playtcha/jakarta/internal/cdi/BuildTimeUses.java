package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.CodeUse;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.build.compatible.spi.Parameters;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticBeanCreator;
import java.util.LinkedHashSet;
import java.util.Set;

/** The uses of guards and of late results that the build extension found, as a bean. Public for CDI only. */
public record BuildTimeUses(Set<CodeUse> places) {
    public static final String GUARDS = "guards";
    public static final String PLACES = "places";

    /** Creates the bean from the parameters that the build recorded. */
    public static final class Creator implements SyntheticBeanCreator<BuildTimeUses> {
        /** For CDI. */
        public Creator() {}

        @Override
        public BuildTimeUses create(Instance<Object> lookup, Parameters params) {
            String[] guards = params.get(GUARDS, String[].class);
            String[] places = params.get(PLACES, String[].class);
            Set<CodeUse> uses = new LinkedHashSet<>();
            for (int i = 0; i < guards.length; i++) {
                uses.add(new CodeUse(guards[i].equals("null") ? null : guards[i], places[i]));
            }
            return new BuildTimeUses(uses);
        }
    }
}
