package com.playtcha.jakarta.it.cdiapp;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/** Methods with guards of several names. */
@ApplicationScoped
public class SignUp {
    @Inject
    Verification verification;

    /** High-fraud: closed when Playtcha is down. */
    @PlaytchaProtected("signup")
    public String closed(@PlaytchaToken @Nullable String token) {
        return "done";
    }

    /** Open when Playtcha is down. */
    @PlaytchaProtected
    public String open(@PlaytchaToken @Nullable String token) {
        return "done";
    }

    /** What a filter, or another method, was told counts. */
    @PlaytchaProtected("signup")
    public String closedWithoutToken() {
        return "done";
    }

    /** Denies nobody. */
    @PlaytchaProtected("watching")
    public String watched(@PlaytchaToken @Nullable String token) {
        return "done";
    }

    /** The current request's, although this bean serves all of them. */
    public Verification verification() {
        return verification;
    }
}
