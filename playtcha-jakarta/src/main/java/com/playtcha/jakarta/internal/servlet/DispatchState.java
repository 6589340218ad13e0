package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/** What the filters of one request remember from dispatch to dispatch. Used by one thread at a time. */
final class DispatchState {
    private static final String ATTRIBUTE = DispatchState.class.getName();

    /** Whether the page of {@code failure-path} runs for this request; filters let it pass. */
    boolean inFailurePage;

    /** Whether a filter denied the request or failed: from then on it is dispatched as a GET only. */
    boolean denied;

    /** Whether a {@link HandlerBodyFilter} is in the chain, and whether it keeps a body. */
    boolean replayable;

    boolean bodyKept;

    /**
     * Why the container refused the parameters. Jetty and Tomcat 11 throw at the first read only, and later ones find what
     * there is without.
     */
    @Nullable
    RuntimeException refusal;

    /** The path of the page that the container shows for an error of this request; null where there is none. */
    @Nullable
    String errorPage;

    private DispatchState() {}

    /** Returns the state of a request. An attribute of another type is ignored: no other code can create one of this. */
    static DispatchState of(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof DispatchState existing) {
            return existing;
        }
        DispatchState state = new DispatchState();
        request.setAttribute(ATTRIBUTE, state);
        return state;
    }
}
