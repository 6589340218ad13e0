package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The public view of an application's guards. Thread-safe. */
public final class ApplicationGuards implements PlaytchaGuards {
    private final PlaytchaApplication application;
    private final boolean owner;

    private ApplicationGuards(PlaytchaApplication application, boolean owner) {
        this.application = application;
        this.owner = owner;
    }

    /** Returns the guards of an application that a container ends. */
    public static PlaytchaGuards of(PlaytchaApplication application) {
        return new ApplicationGuards(application, false);
    }

    /** Starts an application of its own, which no other code finds by a class loader. */
    public static PlaytchaGuards open(Map<String, String> settings) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader classes = context == null ? ApplicationGuards.class.getClassLoader() : context;
        PlaytchaApplication application = new PlaytchaApplication(classes);
        application.claimBy(classes);
        application.late().setName("standalone");
        SettingsLoader loader = new SettingsLoader().map(settings).classLoader(classes);
        boolean opened = false;
        try {
            application.configure(uses -> loader.uses(uses).load());
            application.start();
            application.late().announce();
            opened = true;
        } finally {
            if (!opened) {
                application.end();
            }
        }
        return new ApplicationGuards(application, true);
    }

    @Override
    public PlaytchaVerifier verifier() {
        return verifier(GuardSettings.DEFAULT_NAME);
    }

    @Override
    public PlaytchaVerifier verifier(String guard) {
        application.guardSettings(Objects.requireNonNull(guard, "guard"));
        return new NamedVerifier(guard, application);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(
                application.configureByDefault().guards().keySet());
    }

    @Override
    public String explain() {
        return application.configureByDefault().explanation();
    }

    @Override
    public void addListener(VerificationListener listener) {
        application.addListener(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void removeListener(VerificationListener listener) {
        application.removeListener(listener);
    }

    @Override
    public void close() {
        if (owner) {
            application.end();
        }
    }
}
