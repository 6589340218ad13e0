package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.request.Attributes;
import com.playtcha.jakarta.internal.request.EventLoop;
import com.playtcha.jakarta.internal.request.Judgements;
import com.playtcha.jakarta.internal.request.Reading;
import com.playtcha.jakarta.internal.request.Refusal;
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
            Reading reading = settings.enabled()
                    ? RestTokenReader.read(
                            request, settings, application.start().json())
                    : Reading.ABSENT;
            Judgements judgements = judgements(request);
            // A servlet filter may have had the container read the form: what it was told counts where we find nothing.
            Verification decision = judgements.judgeAgain(guard, reading.token());
            Attributes.publish((attribute, value) -> set(request, attribute, value), judgements);
            if (decision.isAllowed() || settings.monitor()) {
                return true;
            }
            request.abortWith(response(Refusal.of(decision, reading.status())));
        } catch (IOException visitorWentAway) {
            throw visitorWentAway;
        } catch (Throwable ours) {
            fail(request, ours);
        }
        return false;
    }

    /** A request is about to be matched: what guards methods of beans leaves sub-resource locators to us. */
    public void match(ContainerRequestContext request) {
        judgements(request).match();
    }

    /** A request was matched, and the guards of resources have their turn. */
    public void matched(ContainerRequestContext request) {
        judgements(request).matched();
    }

    /** A request goes on to a method that has a guard of its own: nobody has to judge again before it runs. */
    public void admitTo(ContainerRequestContext request, Class<?> resource, Method method) {
        judgements(request).admitTo(resource, method);
    }

    /** Answers 500 without anything that could fail once more. */
    public void fail(ContainerRequestContext request, Throwable ours) {
        LOG.error("Playtcha's guard failed; the request is answered with 500", ours);
        Judgements judgements = judgements(request);
        judgements.fail();
        Attributes.publish((attribute, value) -> set(request, attribute, value), judgements);
        request.abortWith(internalError());
    }

    private Judgements judgements(ContainerRequestContext request) {
        // In a servlet container these properties are the request's attributes, which the filter sees as well.
        if (request.getProperty(Judgements.ATTRIBUTE) instanceof Judgements known) {
            return known;
        }
        Judgements current = application.currentRequest();
        Judgements judgements = current == null ? Judgements.ofNothing() : current;
        request.setProperty(Judgements.ATTRIBUTE, judgements);
        return judgements;
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
    public Response response(Refusal refusal) {
        String document = application.start().jsonWriter().write(refusal.problem());
        return response(refusal.status(), refusal.headers(), document);
    }

    /** The answer to a denial of which only the message is left. */
    public static Response unknown() {
        return response(Refusal.UNKNOWN_STATUS, Refusal.serverErrorHeaders(), Refusal.unknown());
    }

    /** The answer to an error of our own. */
    public static Response internalError() {
        return response(
                500,
                Refusal.serverErrorHeaders(),
                Refusal.serverError("internal_error", "The human check failed to work"));
    }

    private static Response response(int status, Map<String, String> headers, String document) {
        Response.ResponseBuilder response =
                Response.status(status).type(Refusal.MEDIA_TYPE).entity(document.getBytes(StandardCharsets.UTF_8));
        headers.forEach(response::header);
        return response.build();
    }
}
