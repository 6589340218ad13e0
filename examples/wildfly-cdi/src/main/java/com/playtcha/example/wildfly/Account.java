package com.playtcha.example.wildfly;

import java.io.Serializable;

/** An account as it was made. Getters, because pages read it. */
public final class Account implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String email;
    private final String outcome;
    private final boolean degraded;

    Account(String name, String email, String outcome, boolean degraded) {
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

    /** On what grounds the guard let the visitor through. */
    public String getOutcome() {
        return outcome;
    }

    public boolean isDegraded() {
        return degraded;
    }
}
