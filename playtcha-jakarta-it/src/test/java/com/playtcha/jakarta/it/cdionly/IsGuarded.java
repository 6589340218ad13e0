package com.playtcha.jakarta.it.cdionly;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import jakarta.enterprise.context.RequestScoped;

/** Needs guard {@code signup}. */
@RequestScoped
public class IsGuarded {
    /** Guarded. */
    @PlaytchaProtected("signup")
    public void run(@PlaytchaToken String token) {}
}
