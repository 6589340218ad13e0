package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.request.Attributes;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.EventLoop;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.request.SafeMethods;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verifies the requests of one REST application and answers those that are denied (contract, section 5). Thread-safe. */
final class RestGuard {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRestFeature.class);

    private final PlaytchaApplication application;
    private final Map<List<Class<?>>, Set<String>> locatorGuards = new ConcurrentHashMap<>();

    RestGuard(PlaytchaApplication application) {
        this.application = application;
    }

    /**
     * Returns whether a matched request may go on, and answers it where it may not. An error of the library's is answered
     * with 500.
     *
     * @throws IOException when the visitor's connection fails
     */
    boolean admit(ContainerRequestContext request, String name, boolean safeMethodsPass) throws IOException {
        try {
            Guard guard = application.guard(name);
            GuardSettings settings = guard.settings();
            if (safeMethodsPass
                    && SafeMethods.isSafe(settings.safeMethods(), request.getMethod(), request::getHeaderString)) {
                return true;
            }
            EventLoop.mayWait();
            PresentedToken reading = settings.enabled()
                    ? RestTokenReader.read(
                            request, settings, application.start().json())
                    : PresentedToken.ABSENT;
            RequestVerifications verifications = verifications(request);
            // Where a servlet filter had the container read the form, its verification counts if no token is found
            // here.
            Verification decision = verifications.verifyOrReuse(
                    guard,
                    reading,
                    () -> Attributes.publish((attribute, value) -> set(request, attribute, value), verifications));
            if (decision.isAllowed() || settings.monitor()) {
                return true;
            }
            request.abortWith(response(DenialResponse.of(decision, reading.containerStatus())));
        } catch (IOException connectionFailed) {
            throw connectionFailed;
        } catch (Throwable ours) {
            fail(request, ours);
        }
        return false;
    }

    /** Begins matching: until it ends, guarded beans that are sub-resource locators are left to this class. */
    void match(ContainerRequestContext request) {
        verifications(request).match();
    }

    /** Ends matching: the resource method is known. */
    void matched(ContainerRequestContext request) {
        verifications(request).matched();
    }

    /** Records that a request was admitted to a resource method, so that a bean's interceptor does not verify again. */
    void admitTo(ContainerRequestContext request, Class<?> resource, Method method) {
        verifications(request).admitTo(resource, method);
    }

    /**
     * Returns the guards of the sub-resource locators that led to the matched resource, those of the nearest resource
     * that has any. The API does not tell which locator ran, so every locator that may have led there counts.
     *
     * @param matched in reverse order of matching, the resource of the method first
     */
    Set<String> locatorGuards(List<Object> matched) {
        for (int i = 1; i < matched.size(); i++) {
            Class<?> from = matched.get(i).getClass();
            Class<?> to = matched.get(i - 1).getClass();
            Set<String> guards =
                    locatorGuards.computeIfAbsent(List.of(from, to), types -> ResourceMethods.locatorGuards(from, to));
            if (!guards.isEmpty()) {
                return guards;
            }
        }
        return Set.of();
    }

    /** Answers 500, for an error of the library's. */
    void fail(ContainerRequestContext request, Throwable ours) {
        LOG.error("The Playtcha guard failed; the request is answered with 500", ours);
        RequestVerifications verifications = verifications(request);
        verifications.fail();
        Attributes.publish((attribute, value) -> set(request, attribute, value), verifications);
        request.abortWith(internalError());
    }

    private RequestVerifications verifications(ContainerRequestContext request) {
        // In a servlet container these properties are the request's attributes, which the filter sees as well.
        if (request.getProperty(RequestVerifications.ATTRIBUTE) instanceof RequestVerifications known) {
            return known;
        }
        RequestVerifications current = application.currentRequest();
        RequestVerifications verifications = current == null ? RequestVerifications.ofNothing() : current;
        request.setProperty(RequestVerifications.ATTRIBUTE, verifications);
        return verifications;
    }

    private static void set(ContainerRequestContext request, String name, @Nullable Object value) {
        if (value == null) {
            request.removeProperty(name);
        } else {
            request.setProperty(name, value);
        }
    }

    /** Returns the response to a denied request, whose entity needs no message body writer of the application. */
    Response response(DenialResponse denial) {
        String document = application.start().jsonWriter().write(denial.problem());
        return response(denial.status(), denial.headers(), document);
    }

    /** Returns the response to a denial that was deserialized, of which only the message is left. */
    static Response unknown() {
        return response(DenialResponse.UNKNOWN_STATUS, DenialResponse.serverErrorHeaders(), DenialResponse.unknown());
    }

    /** Returns the response to an error of the library's. */
    static Response internalError() {
        return response(
                500,
                DenialResponse.serverErrorHeaders(),
                DenialResponse.serverError("internal_error", "The human check failed to work"));
    }

    private static Response response(int status, Map<String, String> headers, String document) {
        Response.ResponseBuilder response = Response.status(status)
                .type(DenialResponse.MEDIA_TYPE)
                .entity(document.getBytes(StandardCharsets.UTF_8));
        headers.forEach(response::header);
        return response.build();
    }
}
