package com.playtcha.jakarta;

import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request about which a {@link ChallengePolicy} decides, and who sends it, as far as the guard knows: an intercepted bean
 * outside of a request has neither method nor address. Made by this library only: later versions may add methods. Not to
 * be used after the policy has returned.
 *
 * @since 0.1
 */
public interface ChallengeRequest {

    /**
     * Returns the name of the guard that asks.
     *
     * @return the name; {@code default} for the unnamed guard
     */
    String getGuard();

    /**
     * Returns the HTTP method.
     *
     * @return the method, in the case that was sent; empty if there is no HTTP request. A safe method, such as
     *     {@code GET}, is never asked for a token: the answer then only tells the page whether to show the widget
     */
    String getMethod();

    /**
     * Returns the path of the request within the application, decoded.
     *
     * @return the path, which begins with a slash; empty if there is no HTTP request
     */
    String getPath();

    /**
     * Returns the address that the container reports as the client's, as {@code getRemoteAddr()} does. No header is read.
     *
     * @return the address, or null if it is not known
     */
    @Nullable
    String getRemoteAddress();

    /**
     * Returns the user who is logged in.
     *
     * @return the principal; null if nobody is logged in, also where a framework has a principal for anonymous users
     */
    @Nullable
    Principal getPrincipal();

    /**
     * Returns whether the user has a role.
     *
     * @param role the name of the role, as for {@code isUserInRole} of the container
     * @return true if a user who has the role is logged in
     */
    boolean isUserInRole(String role);

    /**
     * Returns what the guard's settings say: {@code exempt-roles}, {@code exempt-addresses} and {@code after-failures}.
     *
     * @return true if a token is required unless the policy says otherwise
     */
    boolean isTokenRequired();

    /**
     * Returns the request behind this one.
     *
     * @param type such as {@code HttpServletRequest} or {@code ContainerRequestContext}
     * @param <T> the type
     * @return the request; empty if there is none of this type
     */
    <T> Optional<T> unwrap(Class<T> type);
}
