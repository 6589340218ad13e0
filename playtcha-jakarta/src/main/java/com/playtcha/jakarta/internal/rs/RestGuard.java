package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.EventLoop;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.request.SafeMethods;
import com.playtcha.jakarta.internal.request.TokenReader;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the requests of one REST application and answers those that are denied (contract, section 5), a
 * {@link PlaytchaDeniedException} of a guarded bean included. Before a request is matched it is marked, so that the CDI
 * interceptor leaves sub-resource locators to this guard. Thread-safe.
 */
@PreMatching
final class RestGuard
        implements ContainerRequestFilter, ContainerResponseFilter, ExceptionMapper<PlaytchaDeniedException> {
    private static final Logger LOG = LoggerFactory.getLogger(RestGuard.class);

    private final PlaytchaApplication application;
    private final Map<List<Class<?>>, Set<String>> locatorGuards = new ConcurrentHashMap<>();

    /** Null where the REST implementation does not inject fields of registered instances. */
    @Context
    private @Nullable HttpHeaders headers;

    RestGuard(PlaytchaApplication application) {
        this.application = application;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        verifications(request).rest().onMatchStart();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        RestTokenRequest.release(request);
    }

    /**
     * Returns whether a matched request may proceed; otherwise the request has been answered, with 500 for an error of
     * this library.
     */
    boolean admit(ContainerRequestContext request, String name, boolean safeMethodsPass) {
        RestCaller caller = RestCaller.of(request);
        PlaytchaApplication guards = guards(request);
        try {
            Guard guard = guards.guard(name);
            GuardSettings settings = guard.settings();
            if (safeMethodsPass
                    && SafeMethods.isSafe(
                            settings.get(Setting.SAFE_METHODS),
                            request.getMethod(),
                            header -> request.getHeaders().getOrDefault(header, List.of()))) {
                verifications(request).publishRequired(guard, caller);
                return true;
            }
            EventLoop.requireBlockingAllowed();
            RequestVerifications verifications = verifications(request);
            PresentedToken reading = TokenReader.readIfRequired(
                    new RestTokenRequest(caller, settings, guards.start().bodies()),
                    settings,
                    verifications.exemption(guard, caller));
            // If no token is found because a servlet filter had the container read the form, its verification counts.
            Verification decision = verifications.verifyOrReuse(guard, reading, caller);
            if (decision.isAllowed() || settings.isMonitoring()) {
                return true;
            }
            request.abortWith(response(guards, decision, reading.containerStatus(), request.getHeaders()));
        } catch (Throwable error) {
            LOG.error("The Playtcha guard failed; the request is answered with 500", error);
            verifications(request).fail(caller);
            request.abortWith(response(DenialResponse.ofOwnError()));
        }
        return false;
    }

    /**
     * Applies the guards of the sub-resource locators that led to the first of the matched resources, from the nearest
     * resource that has any; else the application's guard. The API does not report which locator ran, so each one with a
     * fitting return type counts.
     */
    void admitInherited(ContainerRequestContext request, @Nullable String applicationGuard) {
        List<Object> matched = request.getUriInfo().getMatchedResources();
        Set<String> guards = Set.of();
        for (int i = 1; i < matched.size() && guards.isEmpty(); i++) {
            Class<?> from = matched.get(i).getClass();
            Class<?> to = matched.get(i - 1).getClass();
            guards = locatorGuards.computeIfAbsent(List.of(from, to), types -> ResourceMethods.locatorGuards(from, to));
        }
        if (guards.isEmpty() && applicationGuard != null) {
            guards = Set.of(applicationGuard);
        }
        for (String name : guards) {
            if (!admit(request, name, true)) {
                return;
            }
        }
    }

    /** Contexts of an embedded server may share a class loader, by which alone a REST application finds its guards. */
    private PlaytchaApplication guards(ContainerRequestContext request) {
        return request.getProperty(PlaytchaGuards.ATTRIBUTE) instanceof PlaytchaApplication ofContext
                ? ofContext
                : application;
    }

    RequestVerifications verifications(ContainerRequestContext request) {
        // In a servlet container these properties are the request's attributes, which the servlet filter shares.
        if (request.getProperty(RequestVerifications.ATTRIBUTE) instanceof RequestVerifications existing) {
            return existing;
        }
        RequestVerifications current = application.currentRequest();
        RequestVerifications verifications = current == null ? new RequestVerifications() : current;
        request.setProperty(RequestVerifications.ATTRIBUTE, verifications);
        return verifications;
    }

    @Override
    public Response toResponse(PlaytchaDeniedException denied) {
        Verification verification = denied.getVerification();
        HttpHeaders current = headers;
        // A deserialized denial has only its message left.
        return verification == null
                ? response(DenialResponse.of(403, "rejected", "The human check was not passed"))
                : response(running(), verification, 0, current == null ? Map.of() : current.getRequestHeaders());
    }

    /** That of another context with the same class loader, and so with the same texts, may have ended. */
    private PlaytchaApplication running() {
        return application.isRunning()
                ? application
                : ApplicationRegistry.of(Thread.currentThread().getContextClassLoader());
    }

    private static Response response(
            PlaytchaApplication guards,
            Verification decision,
            int containerStatus,
            Map<String, List<String>> requestHeaders) {
        List<String> languages = requestHeaders.getOrDefault(HttpHeaders.ACCEPT_LANGUAGE, List.of());
        return response(guards.start().denial(decision, containerStatus, languages));
    }

    private static Response response(DenialResponse denial) {
        Response.ResponseBuilder response = Response.status(denial.status())
                .type(DenialResponse.MEDIA_TYPE)
                .header(HttpHeaders.VARY, DenialResponse.VARY)
                .header(HttpHeaders.CONTENT_LANGUAGE, denial.language())
                // Bytes need no message body writer.
                .entity(denial.problem().get().getBytes(StandardCharsets.UTF_8));
        denial.headers().forEach(response::header);
        return response.build();
    }
}
