package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Guarded as a whole. */
@ApplicationScoped
@PlaytchaProtected("closed")
public class SignUp {
    /** Not annotated itself. */
    public String register(@PlaytchaToken @Nullable String token) {
        return "registered";
    }
}
