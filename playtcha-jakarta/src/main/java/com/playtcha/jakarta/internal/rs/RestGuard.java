package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.request.Attributes;
import com.playtcha.jakarta.internal.request.EventLoop;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges the requests of one application, and answers those that may not go on (contract, section 5). Thread-safe. */
public final class RestGuard {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRestFeature.class);

    private final PlaytchaApplication application;

    public RestGuard(PlaytchaApplication application) {
        this.application = application;
    }

    public PlaytchaApplication application() {
        return application;
    }

    /**
     * Lets a request go on, or answers it. Never lets an error of our own become a way in.
     *
     * @param request after it was matched
     * @param name of the guard
     * @return whether it goes on
     * @throws IOException when the visitor's connection fails
     */
    public boolean admit(ContainerRequestContext request, String name) throws IOException {
        try {
            Guard guard = application.guard(name);
            GuardSettings settings = guard.settings();
            if (settings.safeMethods().contains(request.getMethod())) {
                return true;
            }
            EventLoop.mayWait();
            PresentedToken reading = settings.enabled()
                    ? RestTokenReader.read(
                            request, settings, application.start().json())
                    : PresentedToken.ABSENT;
            RequestVerifications verifications = verifications(request);
            // A servlet filter may have had the container read the form: what it was told counts where we find nothing.
            Verification decision = verifications.verifyOrReuse(guard, reading);
            Attributes.publish((attribute, value) -> set(request, attribute, value), verifications);
            if (decision.isAllowed() || settings.monitor()) {
                return true;
            }
            request.abortWith(response(DenialResponse.of(decision, reading.containerStatus())));
        } catch (IOException visitorWentAway) {
            throw visitorWentAway;
        } catch (Throwable ours) {
            fail(request, ours);
        }
        return false;
    }

    /** A request is about to be matched: what guards methods of beans leaves sub-resource locators to us. */
    public void match(ContainerRequestContext request) {
        verifications(request).match();
    }

    /** A request was matched, and the guards of resources have their turn. */
    public void matched(ContainerRequestContext request) {
        verifications(request).matched();
    }

    /** A request goes on to a method that has a guard of its own: nobody has to judge again before it runs. */
    public void admitTo(ContainerRequestContext request, Class<?> resource, Method method) {
        verifications(request).admitTo(resource, method);
    }

    /** Answers 500 without anything that could fail once more. */
    public void fail(ContainerRequestContext request, Throwable ours) {
        LOG.error("Playtcha's guard failed; the request is answered with 500", ours);
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

    /**
     * The answer to a denied request.
     *
     * @param refusal status, headers and problem details
     * @return with an entity that needs no provider of the application's
     */
    public Response response(DenialResponse refusal) {
        String document = application.start().jsonWriter().write(refusal.problem());
        return response(refusal.status(), refusal.headers(), document);
    }

    /** The answer to a denial of which only the message is left. */
    public static Response unknown() {
        return response(DenialResponse.UNKNOWN_STATUS, DenialResponse.serverErrorHeaders(), DenialResponse.unknown());
    }

    /** The answer to an error of our own. */
    public static Response internalError() {
        return response(
                500,
                DenialResponse.serverErrorHeaders(),
                DenialResponse.serverError("internal_error", "The human check failed to work"));
    }

    private static Response response(int status, Map<String, String> headers, String document) {
        Response.ResponseBuilder response =
                Response.status(status).type(DenialResponse.MEDIA_TYPE).entity(document.getBytes(StandardCharsets.UTF_8));
        headers.forEach(response::header);
        return response.build();
    }
}
