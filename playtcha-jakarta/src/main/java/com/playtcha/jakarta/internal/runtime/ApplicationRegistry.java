package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The applications that use this copy of the library, by their class loaders: one if the jar is in WEB-INF/lib, several
 * if they share the jar. Thread-safe.
 */
public final class ApplicationRegistry {
    private static final List<PlaytchaApplication> ALL = new ArrayList<>();
    private static final @Nullable ClassLoader OWN_LOADER = ApplicationRegistry.class.getClassLoader();
    /** True if no other application can share this jar. */
    private static final boolean IS_IN_A_WAR = isInAWar();

    private ApplicationRegistry() {}

    /**
     * Returns the application of a servlet context, which must end it: an unbound one that CDI created, else a new one.
     * Its startup has failed if one that CDI created may belong to another context, whose guards verify with another
     * secret and policy.
     */
    public static PlaytchaApplication bind(ClassLoader loader) {
        synchronized (ALL) {
            dropFailed(loader, true);
            PlaytchaApplication application = find(loader, candidate -> !candidate.isBound());
            if (application == null) {
                application = new PlaytchaApplication(loader);
                PlaytchaApplication other = sharing(loader);
                if (other != null) {
                    application.failStartup(new PlaytchaConfigurationException(
                            List.of(("The playtcha-jakarta jar is shared by several web applications, by class loader "
                                            + OWN_LOADER + ", among them those of " + other.contextLoader() + " and "
                                            + loader + ", and one could get the guards of another: put the jar into"
                                            + " WEB-INF/lib of each application, and remove it from the shared place")
                                    .replaceAll("\\s+", " "))));
                }
                ALL.add(application);
            }
            application.bindToContext(loader);
            return application;
        }
    }

    /** Returns an application that this context could be mistaken for, or null. */
    private static @Nullable PlaytchaApplication sharing(ClassLoader loader) {
        for (PlaytchaApplication other : ALL) {
            ClassLoader otherLoader = other.loader();
            // Created by code that this context shares, such as beans of an EAR's lib, and bound to another context. On
            // WildFly, class loaders have no parent, but each context that calls this shares the library's.
            boolean isOfAnother =
                    other.isBoundFromBelow() && (otherLoader == OWN_LOADER || isAbove(otherLoader, loader));
            // Created by code of another web application, whose context has not bound it.
            boolean isForeign = !other.isBound() && isAbove(OWN_LOADER, otherLoader) && isAbove(OWN_LOADER, loader);
            if (!IS_IN_A_WAR && other.startupFailure() == null && (isOfAnother || isForeign)) {
                return other;
            }
        }
        return null;
    }

    /** Drops an application that failed to start when its context, or CDI, starts once more with the same class loader. */
    private static void dropFailed(ClassLoader loader, boolean bound) {
        ALL.removeIf(application -> application.startupFailure() != null
                && application.loader() == loader
                && application.isBound() == bound);
    }

    /** Returns the application of this class loader, for CDI that starts: not one that an earlier start left failed. */
    public static PlaytchaApplication begin(@Nullable ClassLoader loader) {
        synchronized (ALL) {
            dropFailed(orOwn(loader), false);
            return of(loader);
        }
    }

    /** Returns the application of this class loader, creating it if there is none. */
    public static PlaytchaApplication of(@Nullable ClassLoader loader) {
        ClassLoader classes = orOwn(loader);
        synchronized (ALL) {
            PlaytchaApplication application = find(classes, candidate -> true);
            if (application == null) {
                application = new PlaytchaApplication(classes);
                ALL.add(application);
            }
            return application;
        }
    }

    /** Starts an application of its own. */
    public static StandaloneGuards open(Map<String, String> settings) {
        ClassLoader classes = orOwn(Thread.currentThread().getContextClassLoader());
        StandaloneApplication application = new StandaloneApplication(classes);
        SettingsLoader loader = new SettingsLoader().map(settings).classLoader(classes);
        try {
            application.configure(uses -> loader.uses(uses).load());
            application.start();
            application.late().announce();
            return application;
        } catch (Throwable e) {
            application.end();
            throw e;
        }
    }

    private static ClassLoader orOwn(@Nullable ClassLoader loader) {
        return loader == null ? ApplicationRegistry.class.getClassLoader() : loader;
    }

    static void remove(PlaytchaApplication application) {
        synchronized (ALL) {
            ALL.remove(application);
        }
    }

    /**
     * Returns the application of this loader, else that of its nearest parent, else the only one of its children; else the
     * only application, unless the jar is shared.
     */
    private static @Nullable PlaytchaApplication find(ClassLoader loader, Predicate<PlaytchaApplication> fits) {
        ALL.removeIf(application -> application.loader() == null);
        List<PlaytchaApplication> fitting = ALL.stream().filter(fits).toList();
        for (ClassLoader each = loader; each != null; each = each.getParent()) {
            // The newest first: a context that failed and was started again may have the same loader.
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

    /** Returns whether this jar is in a place that several applications share, such as an EAR's lib. */
    public static boolean isShareable() {
        return !IS_IN_A_WAR;
    }

    private static boolean isInAWar() {
        CodeSource source = ApplicationRegistry.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return location == null || location.toString().contains("WEB-INF");
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
