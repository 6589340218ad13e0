package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/** Guarded by method. */
@ApplicationScoped
public class Newsletter {
    @Inject
    SignUp signUp;

    /** The token is a parameter. */
    @PlaytchaProtected
    public String subscribe(String name, @PlaytchaToken @Nullable String token) {
        return name;
    }

    /** The token is the request's. */
    @PlaytchaProtected
    public String confirm() {
        return "confirmed";
    }

    /** Guarded further on. */
    public String signUp(@Nullable String token) {
        return signUp.register(token);
    }
}
