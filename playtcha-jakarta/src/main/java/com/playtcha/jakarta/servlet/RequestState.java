package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.gate.Guard;
import com.playtcha.jakarta.gate.TokenReading;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the filters know of one request, over every mapping, registration and dispatch (contract, section 5, "once per
 * request"). Kept in a request attribute; nobody else can make a value of this type, and any other value is ignored.
 */
final class RequestState {
    static final String ATTRIBUTE = RequestState.class.getName();

    private final List<Entry> entries = new ArrayList<>();
    private boolean allowed = true;
    private boolean inFailurePage;
    private boolean errorPageExpected;
    private @Nullable JsonBody body;
    private int parameterFailure;
    private boolean encodingKnown;
    private @Nullable String declaredEncoding;

    /** One token's verification. */
    private static final class Entry {
        final @Nullable String project;
        final TokenReading token;
        final Verification facts;
        final IdentityHashMap<Guard, Verification> decisions = new IdentityHashMap<>();
        boolean granted;

        Entry(@Nullable String project, TokenReading token, Verification facts) {
            this.project = project;
            this.token = token;
            this.facts = facts;
        }
    }

    private RequestState() {}

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
        RequestState state = new RequestState();
        request.setAttribute(ATTRIBUTE, state);
        return state;
    }

    /**
     * One guard's judgement. Asks Playtcha only about a token that no guard of the same project has asked about in this
     * request, and decides, logs and counts once a guard and token.
     *
     * @param guard whose policy decides
     * @param token what its sources held
     * @param firstDispatch false for a forward, an include or an asynchronous dispatch
     * @return its own decision
     */
    Verification judge(Guard guard, TokenReading token, boolean firstDispatch) {
        TokenReading known = firstDispatch ? token : remembered(guard, token);
        return judge(guard, known);
    }

    /**
     * What stands for a token that is found no more: some containers lose a form's parameters on the way to a later
     * dispatch of the same request. A token that is there, another one say, is judged for itself.
     */
    private TokenReading remembered(Guard guard, TokenReading token) {
        boolean absent = token instanceof TokenReading.NoToken none && none.reason() == Reason.TOKEN_ABSENT;
        String project = absent && guard.settings().enabled() ? guard.project() : null;
        TokenReading found = token;
        for (Entry entry : entries) {
            if (project != null && project.equals(entry.project)) {
                found = entry.token;
            }
        }
        return found;
    }

    private Verification judge(Guard guard, TokenReading token) {
        for (Entry entry : entries) {
            Verification decided = entry.decisions.get(guard);
            if (decided != null && entry.token.equals(token)) {
                return decided;
            }
        }
        Entry entry = entryFor(guard, token);
        Verification decision = guard.decide(entry.facts, token, entry.granted);
        entry.decisions.put(guard, decision);
        entry.granted |= decision.isAllowed() && decision.getOutcome() == Outcome.UNAVAILABLE;
        allowed &= decision.isAllowed();
        return decision;
    }

    private Entry entryFor(Guard guard, TokenReading token) {
        // Only a token that can be redeemed has to be shared. That none was found is each guard's own affair, and a
        // guard that is switched off knows nothing that another could use.
        boolean shared = token instanceof TokenReading.Token && guard.settings().enabled();
        String project = shared ? guard.project() : null;
        for (Entry entry : entries) {
            if (project != null && entry.token.equals(token) && project.equals(entry.project)) {
                return entry;
            }
        }
        Entry entry = new Entry(project, token, guard.ask(token));
        entries.add(entry);
        return entry;
    }

    /** Whether every guard so far allowed the request. */
    boolean isAllowed() {
        return allowed;
    }

    /** An error of our own: nobody may take the request for allowed any more. */
    void fail() {
        allowed = false;
    }

    /** The container shows, or will show, an error page for this request. */
    void setErrorPageExpected() {
        errorPageExpected = true;
    }

    /** Whether that was said. The container's own attributes say whether the page is being shown. */
    boolean isErrorPageExpected() {
        return errorPageExpected;
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
