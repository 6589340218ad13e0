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

    private final RequestVerifications verifications;
    private boolean inFailurePage;
    private boolean errorPageExpected;
    private boolean denied;
    private @Nullable JsonBody body;
    private int parameterFailure;

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

    /** The decisions of all guards, those of beans and REST resources included. */
    RequestVerifications verifications() {
        return verifications;
    }

    /** Records that the container shows, or will show, an error page for this request. */
    void setErrorPageExpected() {
        errorPageExpected = true;
    }

    boolean isErrorPageExpected() {
        return errorPageExpected;
    }

    /** Records that the request is answered with an error because a guard denied it or failed. */
    void setDenied() {
        denied = true;
        errorPageExpected = true;
    }

    boolean isDenied() {
        return denied;
    }

    /** Whether the page of {@code failure-path} runs for this request; our filters let it pass. */
    boolean isInFailurePage() {
        return inFailurePage;
    }

    void setInFailurePage(boolean value) {
        inFailurePage = value;
    }

    /** Returns the JSON body, which is taken over from the container on the first call. */
    JsonBody takeBody(HttpServletRequest request) throws IOException {
        if (body == null) {
            body = new JsonBody(request);
        }
        return body;
    }

    /** Null where no guard has read a JSON body. */
    @Nullable
    JsonBody body() {
        return body;
    }

    /** The status of an earlier failure to read parameters, 0 for none: some containers fail only the first time. */
    int parameterFailure() {
        return parameterFailure;
    }

    void setParameterFailure(int status) {
        parameterFailure = status;
    }
}
