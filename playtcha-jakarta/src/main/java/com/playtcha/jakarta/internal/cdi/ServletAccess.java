package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;

/** CDI's access to the Servlet API: a bean where that API is present. */
public interface ServletAccess {
    /**
     * Adds the context-params to the application's settings if the payload of CDI's event is a servlet context. Returns
     * false if such a context starts later with settings of its own.
     */
    boolean prepare(PlaytchaApplication application, Object initialized);

    /** Returns who sends the current servlet request; nothing is known of the caller if there is none. */
    Caller currentCaller();
}
