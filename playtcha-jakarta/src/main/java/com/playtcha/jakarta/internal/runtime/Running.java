package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What runs in an application: its guards, and the late results that are told by them. */
final class Running implements AutoCloseable {
    private final PlaytchaRuntime guards;
    private final @Nullable LateService late;

    private Running(PlaytchaRuntime guards, @Nullable LateService late) {
        this.guards = guards;
        this.late = late;
    }

    /**
     * Starts it all.
     *
     * @param known the guards known by now
     * @param listeners the live list
     * @param settings null where none were read
     * @param front shows the late results
     * @param loader the application's, null where it is unknown
     */
    static Running start(
            Collection<GuardSettings> known,
            List<VerificationListener> listeners,
            @Nullable LoadedSettings settings,
            LateResultsFacade front,
            @Nullable ClassLoader loader) {
        PlaytchaRuntime guards = PlaytchaRuntime.start(known, listeners);
        if (settings == null || !settings.late().isOn() || front.hasEnded()) {
            return new Running(guards, null);
        }
        LateService late = null;
        try {
            late = LateService.start(settings.late(), settings.proxy(), guards, front, loader);
            if (front.runs(late)) {
                return new Running(guards, late);
            }
            late.close();
            return new Running(guards, null);
        } finally {
            if (late == null) {
                guards.close();
            }
        }
    }

    PlaytchaRuntime guards() {
        return guards;
    }

    /** Late results first: they ask by the guards' ways. */
    @Override
    public void close() {
        try {
            if (late != null) {
                late.close();
            }
        } finally {
            guards.close();
        }
    }
}
