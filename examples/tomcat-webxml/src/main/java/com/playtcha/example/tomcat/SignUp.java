package com.playtcha.example.tomcat;

import java.io.Serializable;

/** A sign-up that was taken, for the page that says so. Getters, because pages read it. */
public final class SignUp implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String email;
    private final String outcome;
    private final boolean degraded;

    SignUp(String name, String email, String outcome, boolean degraded) {
        this.name = name;
        this.email = email;
        this.outcome = outcome;
        this.degraded = degraded;
    }

    public String getName() {
        return name;
    }

    public String getEmail() {
        return email;
    }

    /** On what grounds the filter let it through: worth keeping with the account. */
    public String getOutcome() {
        return outcome;
    }

    public boolean isDegraded() {
        return degraded;
    }
}
