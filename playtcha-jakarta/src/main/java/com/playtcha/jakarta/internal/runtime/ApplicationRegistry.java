package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The applications of the class loader that this library is in, told apart by their own class loaders: mostly one, more
 * where several share the jar. Thread-safe.
 */
final class ApplicationRegistry {
    private static final List<PlaytchaApplication> ALL = new ArrayList<>();
    private static final @Nullable ClassLoader OWN_LOADER = ApplicationRegistry.class.getClassLoader();
    /** No other application can share a jar of WEB-INF/lib. */
    private static final boolean IS_IN_A_WAR = isInAWar();

    private ApplicationRegistry() {}

    /**
     * Returns the application of a servlet context: one that CDI began and no context has claimed, else a new one.
     *
     * @throws PlaytchaConfigurationException where the one that CDI began may be another context's: its guards verify with
     *     another secret and policy
     */
    static PlaytchaApplication claim(ClassLoader loader) {
        synchronized (ALL) {
            PlaytchaApplication application = find(loader, candidate -> !candidate.isClaimed());
            if (application == null) {
                refuseIfShared(loader);
                application = new PlaytchaApplication(loader);
                ALL.add(application);
            }
            application.claimedBy(loader);
            return application;
        }
    }

    private static void refuseIfShared(ClassLoader loader) {
        for (PlaytchaApplication other : ALL) {
            ClassLoader known = other.loader();
            // Begun by code that this context shares, such as beans of an EAR's lib, and claimed by another context.
            boolean isShared = other.isClaimedFromBelow() && isAbove(known, loader);
            // Begun by code beside this context: its own context has not claimed it yet, or never will.
            boolean isForeign = !other.isClaimed() && isAbove(OWN_LOADER, known) && isAbove(OWN_LOADER, loader);
            if (!IS_IN_A_WAR && !other.isRefused() && (isShared || isForeign)) {
                throw new PlaytchaConfigurationException(List.of("The playtcha-jakarta jar is shared by several web"
                        + " applications, by class loader " + OWN_LOADER + ", and one could get the guards of another:"
                        + " put the jar into WEB-INF/lib of each application, and remove it from the shared place"));
            }
        }
    }

    /** Returns the application of code with this class loader; a new one where none has been begun. */
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

    static void remove(PlaytchaApplication application) {
        synchronized (ALL) {
            ALL.remove(application);
        }
    }

    /**
     * Returns the application of this loader, else of the nearest above it, else the only one below it; else the only one
     * there is, unless it may be another application's.
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
        return only != null && (IS_IN_A_WAR || only.loader() == OWN_LOADER) ? only : null;
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

    private static boolean isAbove(@Nullable ClassLoader upper, @Nullable ClassLoader lower) {
        for (ClassLoader each = lower == null ? null : lower.getParent(); each != null; each = each.getParent()) {
            if (each == upper) {
                return true;
            }
        }
        return false;
    }
}
