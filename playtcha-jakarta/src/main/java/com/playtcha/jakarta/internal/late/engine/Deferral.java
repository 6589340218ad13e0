package com.playtcha.jakarta.internal.late.engine;

import org.jspecify.annotations.Nullable;

/**
 * What came of tracking an unverified pass.
 *
 * @param outcome what
 * @param id under which the application will hear of it; null unless tracked
 */
public record Deferral(Outcome outcome, @Nullable String id) {

    /** What came of it. */
    public enum Outcome {
        /** It will end in the application's handler. */
        TRACKED,
        /** This token was let through unverified before, perhaps on another node: the request is to be denied. */
        REPEATED,
        /** Nothing could keep it in time: the request's policy holds, and nobody will ask again. */
        UNTRACKED
    }
}
