package com.playtcha.jakarta.internal.servlet;

/**
 * The filter that precedes error pages, or refuses everything after a start that failed. A class of its own, so that a
 * container creates it and no declaration can have it in place of a guard by mistake. Public for containers only.
 */
public final class StandbyFilter extends VerificationFilter {
    /** For the container. */
    public StandbyFilter() {
        super(false);
    }
}
