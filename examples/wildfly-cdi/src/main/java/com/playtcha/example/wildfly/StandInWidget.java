package com.playtcha.example.wildfly;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import java.util.List;

/** Tokens for {@code widget.xhtml}. Goes away with it, once Playtcha's own widget is on the page. */
@Named
@RequestScoped
public class StandInWidget {
    // A token is single-use, so each page has its own.
    private final long unique = System.nanoTime();

    /** What the stand-in for Playtcha knows besides {@code ok}. */
    public List<String> getKinds() {
        return List.of(
                "ok-degraded",
                "success-false",
                "invalid",
                "redeemed",
                "expired",
                "rate-limited-5",
                "bad-secret",
                "unknown-project",
                "db-error",
                "hang");
    }

    public long getUnique() {
        return unique;
    }
}
