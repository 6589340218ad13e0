package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of one application, and the uses of guards and late results in its code, which make settings required. Uses
 * are found by several entry points, so the settings are loaded again when some are added. Thread-safe.
 */
public final class ApplicationSettings {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationSettings.class);

    private final WeakReference<ClassLoader> classLoader;
    private final RuntimeLifecycle lifecycle;
    /** Not a monitor: settings are read from files and from sources of the application. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Set<String> logged = ConcurrentHashMap.newKeySet();
    private volatile Set<UsageSite> uses = Set.of();
    private volatile Function<Set<UsageSite>, LoadedSettings> loader = this::withoutContext;
    private volatile @Nullable LoadedSettings loaded;

    ApplicationSettings(WeakReference<ClassLoader> classLoader, RuntimeLifecycle lifecycle) {
        this.classLoader = classLoader;
        this.lifecycle = lifecycle;
    }

    /** Adds uses; loads the settings again if they were loaded before. */
    public void register(Collection<UsageSite> added) {
        lock.lock();
        try {
            Set<UsageSite> all = new LinkedHashSet<>(uses);
            if (all.addAll(added) && loaded != null) {
                loaded = warned(loader.apply(all));
            }
            uses = all;
        } finally {
            lock.unlock();
        }
    }

    /** Loads the settings for the uses so far, or throws every problem. */
    LoadedSettings load(Function<Set<UsageSite>, LoadedSettings> from) {
        lock.lock();
        try {
            lifecycle.requireNotEnded();
            LoadedSettings settings = warned(from.apply(uses));
            loaded = settings;
            return settings;
        } finally {
            lock.unlock();
        }
    }

    /** Sets the loader that is called when there are no settings yet, and when uses are added. */
    public void setLoader(Function<Set<UsageSite>, LoadedSettings> value) {
        loader = value;
    }

    /** Returns the settings; if none are loaded, from the loader that was set, else from all sources but a servlet context. */
    public LoadedSettings get() {
        LoadedSettings settings = loaded;
        return settings == null ? load(loader) : settings;
    }

    /** Returns the settings of a guard; those of one that nothing else uses are checked now. */
    GuardSettings guard(String name) {
        GuardSettings guard = get().guards().get(name);
        if (guard == null) {
            register(Set.of(new UsageSite(name, "a call")));
            guard = get().guards().get(name);
        }
        if (guard == null) {
            throw new IllegalStateException("The settings have no guard '" + name + "'");
        }
        return guard;
    }

    /** Returns whether code uses guards or late results, or the settings guard anything or switch those on. */
    public boolean isInUse() {
        LoadedSettings settings = loaded;
        return !uses.isEmpty()
                || settings != null && (settings.isInUse() || settings.late().isOn());
    }

    /** Returns whether a use of a guard in code is registered. */
    public boolean isUsed(String guard) {
        return uses.stream().anyMatch(use -> guard.equals(use.guard()));
    }

    /** Logs, once per guard, its uses in code and its settings. */
    public void logGuards() {
        LoadedSettings settings = loaded;
        if (settings == null) {
            return;
        }
        settings.guards().forEach((name, guard) -> {
            String places = uses.stream()
                    .filter(use -> name.equals(use.guard()))
                    .map(UsageSite::where)
                    .collect(Collectors.joining(", "));
            if (!places.isEmpty() && logged.add(name)) {
                LOG.info("Guard {} is used by {}: {}", name, places, guard.describe());
            }
        });
    }

    /** Drops what refers to the application's classes. */
    void clear() {
        loaded = null;
        loader = this::withoutContext;
    }

    /** Logs warnings once, however often the settings are loaded. */
    private LoadedSettings warned(LoadedSettings settings) {
        settings.warnings().stream().filter(logged::add).forEach(warning -> LOG.warn("{}", warning));
        return settings;
    }

    private LoadedSettings withoutContext(Set<UsageSite> registered) {
        SettingsLoader builder = new SettingsLoader().uses(registered);
        ClassLoader classes = classLoader.get();
        return (classes == null ? builder : builder.classLoader(classes)).load();
    }
}
