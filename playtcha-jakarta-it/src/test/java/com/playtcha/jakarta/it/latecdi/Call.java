package com.playtcha.jakarta.it.latecdi;

import jakarta.enterprise.context.RequestScoped;

/** Lives as long as one call of the handler. */
@RequestScoped
public class Call {
    private int uses;

    /** How often it was used, with this time. */
    public int use() {
        return ++uses;
    }
}
