package com.playtcha.jakarta.it.allapp;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/** What the resources call. */
@ApplicationScoped
public class Work {
    @Inject
    @PlaytchaGuard("throttled")
    PlaytchaVerifier verifier;

    @Inject
    Verification current;

    /** Open when Playtcha is down. */
    @PlaytchaProtected
    public String open(@PlaytchaToken @Nullable String token) {
        return "open,";
    }

    /** Closed when Playtcha is down. */
    @PlaytchaProtected("signup")
    public String closed(@PlaytchaToken @Nullable String token) {
        return "closed,";
    }

    /** Takes what others were told. */
    @PlaytchaProtected("signup")
    public String closedWithoutToken() {
        return "without-token,";
    }

    /** Asks a Playtcha that throttles. */
    @PlaytchaProtected("throttled")
    public String throttled(@PlaytchaToken @Nullable String token) {
        return "reached";
    }

    /** Asks nobody on this machine. */
    @PlaytchaProtected("known")
    public String known(@PlaytchaToken @Nullable String token) {
        return "reached";
    }

    /** Not guarded. */
    public Verification verify(@Nullable String token) {
        return verifier.verify(token);
    }

    /** The current request's. */
    public String told() {
        return current.getOutcome().name();
    }
}
