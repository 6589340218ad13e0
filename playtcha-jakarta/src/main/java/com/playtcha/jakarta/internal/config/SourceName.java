package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.util.Sha256;
import java.util.Map;

/** {@link GuardSettings#source()}. */
final class SourceName {
    private static final int LONGEST = 200;
    private static final int DIGITS = 32;

    private SourceName() {}

    static String ofGuard(String guard) {
        return bounded(guard);
    }

    /** The guard's own name, unless the filter differs from it. */
    static String ofFilter(String guard, String filter, Map<String, String> initParams) {
        boolean own = Settings.OF_A_GUARD.stream()
                .anyMatch(setting -> !initParams.getOrDefault(setting.key(), "").isBlank());
        return own ? bounded(guard + "/" + filter) : ofGuard(guard);
    }

    /** What is too long ends in a digest of the whole. */
    private static String bounded(String name) {
        if (name.length() <= LONGEST) {
            return name;
        }
        int end = LONGEST - DIGITS - 1;
        int whole = Character.isHighSurrogate(name.charAt(end - 1)) ? end - 1 : end;
        return name.substring(0, whole) + "~" + Sha256.hex(name).substring(0, DIGITS);
    }
}
