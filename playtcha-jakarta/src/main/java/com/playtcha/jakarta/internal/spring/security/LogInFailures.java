package com.playtcha.jakarta.internal.spring.security;

import com.playtcha.jakarta.Failures;
import com.playtcha.jakarta.PlaytchaAttributes;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.ProviderNotFoundException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.event.AbstractAuthenticationEvent;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.AuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Counts log-ins with a wrong name or password as failures, and clears them after a successful one. Other ways to
 * authenticate, such as bearer tokens and remember-me, are no log-ins, and come with many requests. Thread-safe.
 */
final class LogInFailures implements ApplicationListener<AbstractAuthenticationEvent> {
    private final Failures failures;

    LogInFailures(Failures failures) {
        this.failures = failures;
    }

    @Override
    public void onApplicationEvent(AbstractAuthenticationEvent event) {
        Authentication user = event.getAuthentication();
        if (!(user instanceof UsernamePasswordAuthenticationToken)) {
            return;
        }
        HttpServletRequest request = RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes web
                ? web.getRequest()
                : null;
        String address = address(user, request);
        if (event instanceof AuthenticationSuccessEvent) {
            // HTTP Basic sends a password with each request, which is no log-in either.
            if (request != null && request.getHeader("Authorization") != null) {
                return;
            }
            failures.clear(address, user.getName());
            // The user may have another name than the one that was typed in, such as an e-mail address.
            if (request != null && request.getAttribute(PlaytchaAttributes.NAME) instanceof String typed) {
                failures.clear(null, typed);
            }
        } else if (event instanceof AbstractAuthenticationFailureEvent failed && isOfVisitor(failed.getException())) {
            failures.record(address, user.getName());
        }
    }

    /** Whether the visitor failed, and not the application, such as its database of users. */
    private static boolean isOfVisitor(AuthenticationException failure) {
        return !(failure instanceof AuthenticationServiceException || failure instanceof ProviderNotFoundException);
    }

    private static @Nullable String address(Authentication user, @Nullable HttpServletRequest request) {
        // Code that calls an AuthenticationManager itself seldom sets details.
        return user.getDetails() instanceof WebAuthenticationDetails details
                ? details.getRemoteAddress()
                : request == null ? null : request.getRemoteAddr();
    }
}
