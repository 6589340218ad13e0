package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.request.RequestVerifications;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The state of one request in the filters, over every mapping, registration and dispatch, besides its verifications. Kept in
 * a request attribute; no other code can create a value of this type, and any other value is ignored.
 */
final class RequestState {
    static final String ATTRIBUTE = RequestState.class.getName();

    /** The decisions of all guards, those of beans and REST resources included. */
    final RequestVerifications verifications;

    /** Whether the page of {@code failure-path} runs for this request; our filters let it pass. */
    boolean inFailurePage;

    /** Whether the container shows, or will show, an error page for this request. */
    boolean errorPageExpected;

    /** Whether the request is answered with an error because a guard denied it or failed. */
    boolean denied;

    /** An earlier failure to read parameters: some containers fail only the first time. */
    @Nullable
    RuntimeException parameterFailure;

    /** Null where no guard has read a JSON body. */
    @Nullable
    BufferedBody body;

    private RequestState(RequestVerifications verifications) {
        this.verifications = verifications;
    }

    /** Returns the state of a request, whatever its dispatch; creates it first where there is none. */
    static RequestState of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestState state) {
            return state;
        }
        RequestState state = new RequestState(RequestVerifications.of(request::getAttribute, request::setAttribute));
        request.setAttribute(ATTRIBUTE, state);
        return state;
    }

    /** Records that the request is answered with an error because a guard denied it or failed. */
    void setDenied() {
        denied = true;
        errorPageExpected = true;
    }

    /** Returns the JSON body, which is taken over from the container on the first call. */
    BufferedBody takeBody(HttpServletRequest request) throws IOException {
        if (body == null) {
            body = new BufferedBody(request, request.getInputStream());
        }
        return body;
    }
}
