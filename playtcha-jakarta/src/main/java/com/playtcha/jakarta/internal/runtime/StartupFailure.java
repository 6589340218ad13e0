package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Thrown to a container after the reason was logged. It does not repeat the reason: containers print an exception several
 * times, or only into a log of their own.
 */
public final class StartupFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String WHAT = "Playtcha cannot guard this application";

    private StartupFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Logs the reason as one ERROR, with a stack trace unless the settings are it. */
    public static void log(Logger log, Throwable reason) {
        if (reason instanceof PlaytchaConfigurationException) {
            log.error("{}", reason.getMessage());
        } else {
            // In the line too, since many views of a log show a stack trace last or not at all.
            log.error("{}: {}", WHAT, reason.getMessage(), reason);
        }
    }

    /** Logs the reason as one ERROR, unless that was done, and returns what to throw; with the reason if nothing is logged. */
    public static StartupFailure report(Logger log, Throwable reason) {
        if (reason instanceof StartupFailure reported) {
            return reported;
        }
        if (!log.isErrorEnabled()) {
            return new StartupFailure(WHAT + ": " + reason.getMessage(), reason);
        }
        log(log, reason);
        return new StartupFailure(WHAT + "; the reason is an ERROR in the log, by " + log.getName(), null);
    }
}
