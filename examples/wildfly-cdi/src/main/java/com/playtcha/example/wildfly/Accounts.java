package com.playtcha.example.wildfly;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** The service that the sign-up page calls. It is guarded for every caller: a page, a resource, another bean. */
@ApplicationScoped
public class Accounts {

    /** The current request's. */
    @Inject
    Verification verification;

    /**
     * Creates an account; runs only if the guard {@code signup} allows it.
     *
     * @throws com.playtcha.jakarta.PlaytchaDeniedException where it does not
     */
    @PlaytchaProtected("signup")
    public Account create(String name, String email, @PlaytchaToken String token) {
        // Your application stores the account here. Keep the outcome with it: this guard fails closed, so the visitor
        // was verified, unless the operator of the application chose otherwise.
        return new Account(name, email, verification.getOutcome().name(), verification.isDegraded());
    }
}
