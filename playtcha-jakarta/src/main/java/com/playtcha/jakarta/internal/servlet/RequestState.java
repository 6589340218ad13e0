package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.request.RequestVerifications;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the filters know of one request, over every mapping, registration and dispatch, besides its verifications. Kept in a
 * request attribute; nobody else can make a value of this type, and any other value is ignored.
 */
final class RequestState {
    static final String ATTRIBUTE = RequestState.class.getName();

    private final RequestVerifications verifications;
    private boolean inFailurePage;
    private boolean errorPageExpected;
    private boolean denied;
    private @Nullable JsonBody body;
    private int parameterFailure;
    private boolean encodingKnown;
    private @Nullable String declaredEncoding;

    private RequestState(RequestVerifications verifications) {
        this.verifications = verifications;
    }

    /**
     * The state of a request; made when there is none yet.
     *
     * @param request any dispatch of it
     * @return never null
     */
    static RequestState of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestState state) {
            return state;
        }
        RequestState state = new RequestState(RequestVerifications.of(request::getAttribute, request::setAttribute));
        request.setAttribute(ATTRIBUTE, state);
        return state;
    }

    /** What the guards have decided, those that are no filters included. */
    RequestVerifications verifications() {
        return verifications;
    }

    /** The container shows, or will show, an error page for this request. */
    void setErrorPageExpected() {
        errorPageExpected = true;
    }

    /** Whether that was said. The container's own attributes say whether the page is being shown. */
    boolean isErrorPageExpected() {
        return errorPageExpected;
    }

    /** The request is answered with an error because a guard denied it, or failed. */
    void setDenied() {
        denied = true;
        errorPageExpected = true;
    }

    boolean isDenied() {
        return denied;
    }

    /** Whether a denied request is in the page of {@code failure-path} now. Our filters let that through. */
    boolean isInFailurePage() {
        return inFailurePage;
    }

    /** Goes into that page, or comes out of it. */
    void setInFailurePage(boolean value) {
        inFailurePage = value;
    }

    /**
     * The request's JSON body, taken over from the container on the first call.
     *
     * @throws IOException from the container
     */
    JsonBody takeBody(HttpServletRequest request) throws IOException {
        if (body == null) {
            body = new JsonBody(request);
        }
        return body;
    }

    /** The JSON body, null where no guard has looked at one. */
    @Nullable
    JsonBody body() {
        return body;
    }

    /**
     * The encoding that the visitor, or a filter before the first of ours, declared.
     *
     * @return null for none; what we set ourselves later is not seen
     */
    @Nullable
    String declaredEncoding(HttpServletRequest request) {
        if (!encodingKnown) {
            declaredEncoding = request.getCharacterEncoding();
            encodingKnown = true;
        }
        return declaredEncoding;
    }

    /** The status of an earlier failure to read parameters, 0 for none: some containers fail only the first time. */
    int parameterFailure() {
        return parameterFailure;
    }

    /** Remembers such a failure. */
    void setParameterFailure(int status) {
        parameterFailure = status;
    }
}
