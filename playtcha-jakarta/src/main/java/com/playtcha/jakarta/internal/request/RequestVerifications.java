package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.FailOpenRecord;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.ImmutableVerification;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.gate.Project;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The results and decisions of all guards of one request, over every filter, dispatch and method (docs/contract.md,
 * section 5, "once per request"). Kept in a request attribute; no other code can create a value of this type, and any
 * other value is ignored. Thread-safe.
 */
public final class RequestVerifications {
    public static final String ATTRIBUTE = RequestVerifications.class.getName();

    // A call is made under this lock; a monitor would pin the carrier of a virtual thread.
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private boolean allowed = true;
    private @Nullable ImmutableVerification latest;
    private volatile @Nullable String deferralId;
    private volatile @Nullable Boolean required;
    private final Map<Guard, Challenged> challenges = new ConcurrentHashMap<>(2);
    private final RestMatching rest = new RestMatching();

    /** What one guard decided about asking for a token. */
    private static final class Challenged {
        final @Nullable Reason exemption;
        /** Null until the request came to be guarded, and not only to a page with a safe method. */
        @Nullable
        Boolean usesPass;

        Challenged(@Nullable Reason exemption) {
            this.exemption = exemption;
        }
    }

    /** One token's verification. */
    private static final class Entry {
        final PresentedToken token;
        final CallResult result;
        /** Most requests have one guard. */
        final Map<Guard, ImmutableVerification> decisions = new IdentityHashMap<>(2);
        /** The project whose guards share the result; null if it is for one guard only. */
        final @Nullable Project project;
        /** Set once a guard of this request has allowed the token without a verdict; see {@link Guard#decide}. */
        @Nullable
        FailOpenRecord failOpenRecord;

        Entry(PresentedToken token, CallResult result, @Nullable Project project) {
            this.token = token;
            this.result = result;
            this.project = project;
        }

        boolean isSharedWith(Guard guard) {
            Project of = guard.project();
            return project != null && of != null && project.isSameAs(of);
        }

        void decided(Guard guard, ImmutableVerification decision) {
            decisions.put(guard, decision);
            if (decision.isAllowed() && decision.getOutcome() == Outcome.UNAVAILABLE) {
                boolean storeMayHoldIt = failOpenRecord != null && failOpenRecord.storeMayHoldIt()
                        || guard.settings().get(Setting.LATE_VERDICTS);
                failOpenRecord = new FailOpenRecord(decision.getDeferralId(), storeMayHoldIt);
            }
        }
    }

    /** Creates an empty instance, for work that belongs to no request. */
    public RequestVerifications() {}

    /** Returns the verifications of a request; creates and stores them first where there are none. */
    public static RequestVerifications of(Caller caller) {
        if (caller.attribute(ATTRIBUTE) instanceof RequestVerifications existing) {
            return existing;
        }
        RequestVerifications verifications = new RequestVerifications();
        caller.setAttribute(ATTRIBUTE, verifications);
        return verifications;
    }

    public RestMatching rest() {
        return rest;
    }

    /**
     * Returns why a guard requires no token of this request, or null if it requires one. Decided once, since a policy may
     * answer differently the next time, and a session pass is used up.
     */
    public @Nullable Reason exemption(Guard guard, Caller caller) {
        if (!guard.settings().isEnabled()) {
            setRequired(false);
            return null;
        }
        Challenged challenged = challenged(guard, caller);
        lock.lock();
        try {
            if (challenged.usesPass == null) {
                challenged.usesPass =
                        challenged.exemption == null && guard.challenge().tryUsePass(caller);
            }
            Reason reason = challenged.usesPass ? Reason.SESSION_PASS : challenged.exemption;
            setRequired(reason == null);
            return reason;
        } finally {
            lock.unlock();
        }
    }

    /** Publishes whether the caller of a page with a safe method has to show a token when he sends its form. */
    public void publishRequired(Guard guard, Caller caller) {
        setRequired(guard.settings().isEnabled()
                && challenged(guard, caller).exemption == null
                && !guard.challenge().hasPass(caller));
        caller.setAttribute(PlaytchaAttributes.REQUIRED, required);
    }

    private Challenged challenged(Guard guard, Caller caller) {
        Challenged existing = challenges.get(guard);
        if (existing == null) {
            // Not under the lock: a policy is the application's code, and may hang.
            Challenged decided = new Challenged(guard.challenge().exemption(caller));
            existing = challenges.putIfAbsent(guard, decided);
            existing = existing == null ? decided : existing;
        }
        return existing;
    }

    /** A token is required if one of the guards requires it. */
    private void setRequired(boolean ofGuard) {
        lock.lock();
        required = ofGuard || Boolean.TRUE.equals(required);
        lock.unlock();
    }

    /**
     * Returns one guard's decision. Playtcha is called only for a token that no guard of the same project has verified
     * in this request; each guard decides, logs and counts once per token. Listeners are called after the decision was
     * published to the application.
     */
    public Verification verify(Guard guard, PresentedToken token, Caller caller) {
        ImmutableVerification earlier;
        ImmutableVerification decision;
        lock.lock();
        try {
            Entry entry = entryFor(guard, token);
            earlier = entry.decisions.get(guard);
            decision = earlier == null ? decide(guard, entry) : earlier;
            latest = decision;
        } finally {
            lock.unlock();
        }
        if (earlier == null && decision.getReason() == Reason.SUCCESS) {
            guard.challenge().grantPasses(caller);
        }
        publish(caller);
        if (earlier == null) {
            guard.notifyListeners(decision);
        }
        return decision;
    }

    /**
     * As {@link #verify}, but uses the project's earlier token if there is none now: some containers lose a form's
     * parameters at a later dispatch, and an intercepted method has no request.
     */
    public Verification verifyOrReuse(Guard guard, PresentedToken token, Caller caller) {
        PresentedToken found = token;
        if (token.isAbsent()) {
            for (Entry entry : entries) {
                found = entry.isSharedWith(guard) ? entry.token : found;
            }
        }
        return verify(guard, found, caller);
    }

    private ImmutableVerification decide(Guard guard, Entry entry) {
        ImmutableVerification decision = guard.decide(entry.result, entry.token, entry.failOpenRecord);
        entry.decided(guard, decision);
        allowed &= decision.isAllowed();
        deferralId = deferralId == null ? decision.getDeferralId() : deferralId;
        return decision;
    }

    private Entry entryFor(Guard guard, PresentedToken token) {
        for (Entry entry : entries) {
            if (entry.token.equals(token) && (entry.decisions.containsKey(guard) || entry.isSharedWith(guard))) {
                return entry;
            }
        }
        CallResult result = guard.callForRequest(token);
        // The call may have read a new secret from its file. Only a token that can be redeemed is shared.
        Project called = result.project() == null ? guard.project() : result.project();
        Entry entry = new Entry(token, result, token.value() == null ? null : called);
        entries.add(entry);
        return entry;
    }

    /**
     * Returns the last guard's decision as the application sees it: allowed only if every guard so far allowed the
     * request, and with the request's deferral id where it can have one. Null where no guard has decided, or where one
     * failed.
     */
    public @Nullable Verification latest() {
        lock.lock();
        try {
            return latest == null ? null : latest.amongOthers(allowed, deferralId);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a guard has decided, and every guard so far allowed the request. */
    public boolean isAllowed() {
        Verification shown = latest();
        return shown != null && shown.isAllowed();
    }

    /**
     * Sets the request attributes that an application reads (docs/contract.md, section 5) to the decisions so far. One
     * without a value is removed, since an earlier guard may have set it. After an error of this library there is no
     * verification, only {@code allowed=false}. The deferral id of the first guard that tracked the request stays
     * (section 7).
     */
    public void publish(Caller request) {
        // Otherwise another thread's later decision could be overwritten by this one.
        lock.lock();
        try {
            Verification shown = latest();
            UpstreamError error = shown == null ? null : shown.getError();
            request.setAttribute(PlaytchaAttributes.VERIFICATION, shown);
            request.setAttribute(PlaytchaAttributes.RESULT, shown);
            request.setAttribute(
                    PlaytchaAttributes.OUTCOME,
                    shown == null ? null : shown.getOutcome().name());
            request.setAttribute(PlaytchaAttributes.REQUIRED, required);
            request.setAttribute(PlaytchaAttributes.ALLOWED, shown != null && shown.isAllowed());
            request.setAttribute(PlaytchaAttributes.DEGRADED, shown == null ? null : shown.isDegraded());
            request.setAttribute(PlaytchaAttributes.ERROR_CODE, error == null ? null : error.getCode());
            request.setAttribute(PlaytchaAttributes.REQUEST_ID, error == null ? null : error.getRequestId());
            request.setAttribute(PlaytchaAttributes.DEFERRAL_ID, deferralId);
        } finally {
            lock.unlock();
        }
    }

    /** Records and publishes that a guard failed: the request counts as denied from now on. */
    public void fail(Caller caller) {
        lock.lock();
        try {
            allowed = false;
            latest = null;
        } finally {
            lock.unlock();
        }
        publish(caller);
    }
}
