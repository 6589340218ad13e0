package com.playtcha.jakarta.internal.runtime;

import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The applications there are, told apart by their class loaders. Thread-safe. */
final class ApplicationRegistry {
    /** Of the class loader that the library is in: mostly one, more where several applications share the jar. */
    private static final List<PlaytchaApplication> ALL = new ArrayList<>();

    private static final @Nullable ClassLoader OWN_LOADER = ApplicationRegistry.class.getClassLoader();
    /** So that no other application can share the jar. As far as is known: where it is not, the server is not typical. */
    private static final boolean IS_IN_A_WAR = isInAWar();

    private ApplicationRegistry() {}

    /** A servlet context's: one that CDI began and no context claimed yet, else a new one. */
    static PlaytchaApplication claim(ClassLoader loader) {
        synchronized (ALL) {
            PlaytchaApplication application = find(loader, candidate -> !candidate.isClaimed());
            if (application == null) {
                application = new PlaytchaApplication(loader);
                ALL.add(application);
            }
            application.claimed();
            return application;
        }
    }

    /** That of code with this class loader; a new one where nobody began it. */
    static PlaytchaApplication of(@Nullable ClassLoader loader) {
        ClassLoader known = loader == null ? ApplicationRegistry.class.getClassLoader() : loader;
        synchronized (ALL) {
            PlaytchaApplication application = find(known, candidate -> true);
            if (application == null) {
                application = new PlaytchaApplication(known);
                ALL.add(application);
            }
            return application;
        }
    }

    /** It ended. */
    static void remove(PlaytchaApplication application) {
        synchronized (ALL) {
            ALL.remove(application);
        }
    }

    /**
     * The one of this very loader, else the nearest above it, else the only one below it, else the only one there is,
     * unless that may be another servlet context's: its guards ask with a secret and a policy of its own.
     */
    private static @Nullable PlaytchaApplication find(ClassLoader loader, Predicate<PlaytchaApplication> fits) {
        ALL.removeIf(application -> application.loader() == null);
        List<PlaytchaApplication> fitting = ALL.stream().filter(fits).toList();
        for (ClassLoader each = loader; each != null; each = each.getParent()) {
            // The newest first: a context that was refused and started again has the loader it had.
            for (int i = fitting.size() - 1; i >= 0; i--) {
                if (fitting.get(i).loader() == each) {
                    return fitting.get(i);
                }
            }
        }
        List<PlaytchaApplication> below = fitting.stream()
                .filter(application -> isAbove(loader, application.loader()))
                .toList();
        if (!below.isEmpty()) {
            return below.size() == 1 ? below.get(0) : null;
        }
        PlaytchaApplication only = ALL.size() == 1 && fitting.size() == 1 ? fitting.get(0) : null;
        return only != null && (!only.isClaimed() || IS_IN_A_WAR || only.loader() == OWN_LOADER) ? only : null;
    }

    private static boolean isInAWar() {
        try {
            CodeSource source = ApplicationRegistry.class.getProtectionDomain().getCodeSource();
            URL location = source == null ? null : source.getLocation();
            return location == null || location.toString().contains("WEB-INF");
        } catch (SecurityException unknown) {
            return true;
        }
    }

    private static boolean isAbove(ClassLoader upper, @Nullable ClassLoader lower) {
        for (ClassLoader each = lower == null ? null : lower.getParent(); each != null; each = each.getParent()) {
            if (each == upper) {
                return true;
            }
        }
        return false;
    }
}
