package com.playtcha.jakarta.it.challengeapp;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.ChallengeRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A policy that does what a header says; without it, what the settings say. */
public class HeaderPolicy implements ChallengePolicy {
    @Override
    public boolean isTokenRequired(ChallengeRequest request) {
        return switch (header(request)) {
            case "free" -> false;
            case "required" -> true;
            case "throws" -> throw new UncheckedIOException(new IOException("no database"));
            case "throws-error" -> throw new AssertionError("a bug of the application");
            case "describes" -> {
                // Only a request that is described as expected is free.
                boolean fits = request.getGuard().equals("addresses")
                        && request.getMethod().equals("POST")
                        && request.getPath().equals("/who/addresses")
                        && "192.0.2.9".equals(request.getRemoteAddress())
                        && request.getPrincipal() != null
                        && request.getPrincipal().getName().equals("staff")
                        && request.isUserInRole("staff")
                        && !request.isUserInRole("admin")
                        && !request.isTokenRequired();
                yield !fits;
            }
            default -> request.isTokenRequired();
        };
    }

    private static String header(ChallengeRequest request) {
        @Nullable
        String value = request.unwrap(HttpServletRequest.class)
                .map(http -> http.getHeader("X-Policy"))
                .orElse(null);
        return value == null ? "" : value;
    }
}
