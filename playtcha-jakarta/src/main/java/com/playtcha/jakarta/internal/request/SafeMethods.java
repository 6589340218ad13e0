package com.playtcha.jakarta.internal.request;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** Decides which requests are not guarded because of their method (setting {@code safe-methods}). */
public final class SafeMethods {
    private static final List<String> OVERRIDE_HEADERS =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    private SafeMethods() {}

    /**
     * Whether a request is not guarded. A filter behind this one may replace a safe method by the one that an override
     * header names, so a header that names an unsafe method makes the request count as unsafe.
     */
    public static boolean isSafe(Set<String> safeMethods, String method, Function<String, List<String>> headers) {
        return safeMethods.contains(method)
                && OVERRIDE_HEADERS.stream()
                        .flatMap(name -> headers.apply(name).stream())
                        .map(override -> override.strip().toUpperCase(Locale.ROOT))
                        .allMatch(override -> override.isEmpty() || safeMethods.contains(override));
    }

    public static boolean isOverrideHeader(String name) {
        return OVERRIDE_HEADERS.stream().anyMatch(name::equalsIgnoreCase);
    }
}
