package com.playtcha.jakarta;

/**
 * Decides of which requests a guard requires a token, with the last word over the settings {@code exempt-roles},
 * {@code exempt-addresses} and {@code after-failures}. It is a CDI bean, a Spring bean, or a class that
 * {@code META-INF/services} names:
 *
 * <pre>{@code
 * public class LargeTransfers implements ChallengePolicy {
 *     public boolean isTokenRequired(ChallengeRequest request) {
 *         return request.isTokenRequired() || request.getPath().startsWith("/transfer");
 *     }
 * }
 * }</pre>
 *
 * <p>Where there are several, a token is required if one of them says so. Implementations must be thread-safe and should
 * return quickly: a policy runs on the visitor's thread, once per request and guard. At most {@code max-concurrent} calls
 * for a guard, those of a {@link FailureCounter} included, are in progress at once, and further requests need a token
 * meanwhile. A policy that throws, or that cannot be created, means that a token is required.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ChallengePolicy {

    /**
     * Returns whether a token is required.
     *
     * @param request the request and who sends it
     * @return true if a token is required, whatever the settings say; false if none is
     */
    boolean isTokenRequired(ChallengeRequest request);
}
