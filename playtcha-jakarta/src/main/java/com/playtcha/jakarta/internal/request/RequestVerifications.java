package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.FailOpenTracker.TrackResult;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The results and decisions of all guards of one request, over every filter, dispatch and method (contract, section 5,
 * "once per request"). Kept in a request attribute; no other code can create a value of this type, and any other value
 * is ignored. Thread-safe but for the fields of the servlet filter.
 */
public final class RequestVerifications {
    public static final String ATTRIBUTE = RequestVerifications.class.getName();

    /** Whether the page of {@code failure-path} runs for this request; servlet filters let it pass. */
    public boolean inFailurePage;

    /** Whether the request is answered with an error because a servlet filter denied it or failed. */
    public boolean denied;

    /** Whether the container shows an error page for this request, for any reason. */
    public boolean inErrorPage;

    // A call is made under this lock; a monitor would pin the carrier of a virtual thread.
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private boolean allowed = true;
    private @Nullable Verification latest;
    private volatile @Nullable String deferralId;
    private volatile boolean matching;
    private volatile Class<?> admittedTo = Object.class;
    private volatile @Nullable Method admittedMethod;

    /** One token's verification. */
    private static final class Entry {
        /** The project whose guards share the result, else the only guard that it is for. */
        final Object owner;

        final PresentedToken token;
        final CallResult result;
        /** Most requests have one guard. */
        final Map<Guard, Verification> decisions = new IdentityHashMap<>(2);
        /** Set once a guard of this request has allowed the token without a verdict; see {@link Guard#decide}. */
        @Nullable
        TrackResult passed;

        Entry(Object owner, PresentedToken token, CallResult result) {
            this.owner = owner;
            this.token = token;
            this.result = result;
        }

        void decided(Guard guard, Verification decision) {
            decisions.put(guard, decision);
            if (decision.isAllowed() && decision.getOutcome() == Outcome.UNAVAILABLE) {
                boolean mayBeKnown =
                        passed != null && passed.repeated() || guard.settings().lateVerdicts();
                passed = new TrackResult(mayBeKnown, decision.getDeferralId());
            }
        }
    }

    /** Creates an empty instance, for work that belongs to no request. */
    public RequestVerifications() {}

    /** Returns the verifications of a request; creates and stores them first where there are none. */
    public static RequestVerifications of(Function<String, @Nullable Object> get, BiConsumer<String, Object> set) {
        if (get.apply(ATTRIBUTE) instanceof RequestVerifications known) {
            return known;
        }
        RequestVerifications verifications = new RequestVerifications();
        set.accept(ATTRIBUTE, verifications);
        return verifications;
    }

    /**
     * Returns one guard's decision. Playtcha is called only for a token that no guard of the same project has verified in
     * this request; each guard decides, logs and counts once per token. Listeners are called after {@code publish}, which
     * shows the decision to the application.
     */
    public Verification verify(Guard guard, PresentedToken token, Runnable publish) {
        Verification known;
        Verification decision;
        lock.lock();
        try {
            Entry entry = entryFor(guard, token);
            known = entry.decisions.get(guard);
            decision = known == null ? decide(guard, entry) : known;
            latest = decision;
        } finally {
            lock.unlock();
        }
        publish.run();
        if (known == null) {
            guard.notifyListeners(decision);
        }
        return decision;
    }

    /**
     * As {@link #verify}, but uses the project's earlier token if there is none now: some containers lose a form's
     * parameters at a later dispatch, and an intercepted method has no request.
     */
    public Verification verifyOrReuse(Guard guard, PresentedToken token, Runnable publish) {
        PresentedToken found = token;
        if (token.isAbsent() && guard.settings().enabled()) {
            for (Entry entry : entries) {
                found = guard.project().equals(entry.owner) ? entry.token : found;
            }
        }
        return verify(guard, found, publish);
    }

    private Verification decide(Guard guard, Entry entry) {
        Verification decision = guard.decide(entry.result, entry.token, entry.passed);
        entry.decided(guard, decision);
        allowed &= decision.isAllowed();
        deferralId = deferralId == null ? decision.getDeferralId() : deferralId;
        return decision;
    }

    private Entry entryFor(Guard guard, PresentedToken token) {
        // Only a token that can be redeemed is shared, and a guard that is switched off has no result to share.
        Object owner = token.value() != null && guard.settings().enabled() ? guard.project() : guard;
        for (Entry entry : entries) {
            // A project has another name once its secret file was read anew.
            if (entry.token.equals(token) && (entry.owner.equals(owner) || entry.decisions.containsKey(guard))) {
                return entry;
            }
        }
        Entry entry = new Entry(owner, token, guard.call(token));
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
            Verification shown = latest;
            if (shown == null) {
                return null;
            }
            boolean mayHaveId = deferralId != null && shown.getOutcome() == Outcome.UNAVAILABLE;
            return (mayHaveId && shown.getDeferralId() == null ? shown.passedUnverified(deferralId) : shown)
                    .withAllowed(allowed);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the request attributes that an application reads (contract, section 5) to the decisions so far. One without a
     * value is removed, since an earlier guard may have set it. After an error of this library there is no verification,
     * only {@code allowed=false}. The deferral id of the first guard that tracked the request stays (section 7).
     */
    public void publish(BiConsumer<String, @Nullable Object> request) {
        Verification shown = latest();
        UpstreamError error = shown == null ? null : shown.getError();
        request.accept("playtcha", shown);
        request.accept("playtcha.result", shown);
        request.accept(
                "playtcha.outcome", shown == null ? null : shown.getOutcome().name());
        request.accept("playtcha.allowed", shown != null && shown.isAllowed());
        request.accept("playtcha.degraded", shown == null ? null : shown.isDegraded());
        request.accept("playtcha.error-code", error == null ? null : error.getCode());
        request.accept("playtcha.request-id", error == null ? null : error.getRequestId());
        request.accept("playtcha.deferral-id", deferralId);
    }

    /** Records that Jakarta REST starts to match the request, and may call sub-resource locators until {@link #matched}. */
    public void match() {
        matching = true;
        admittedMethod = null;
    }

    /**
     * Records that Jakarta REST has matched the request to a method. If a REST guard decides about calls of that method of
     * that class, the bean's own guard lets them pass; it counts for no method that they call.
     */
    public void matched(Class<?> resource, @Nullable Method guarded) {
        matching = false;
        admittedTo = written(resource);
        admittedMethod = guarded;
    }

    /** Whether Jakarta REST is still matching, so that no resource's guard has run. */
    public boolean isMatching() {
        return matching;
    }

    /** Whether a REST guard decides about this method, or one that it overrides or implements. */
    public boolean isAdmittedTo(Class<?> bean, Method called) {
        Method admitted = admittedMethod;
        return admitted != null
                && admitted.getName().equals(called.getName())
                && Arrays.equals(admitted.getParameterTypes(), called.getParameterTypes())
                && (admittedTo.isAssignableFrom(written(bean)) || written(bean).isAssignableFrom(admittedTo));
    }

    /** Returns the class as written: containers subclass a bean's class under such names. */
    private static Class<?> written(Class<?> type) {
        Class<?> above = type.getSuperclass();
        return type.getName().contains("$$") && above != null && above != Object.class ? written(above) : type;
    }

    /** Records that a guard failed: the request counts as denied from now on. */
    public void fail() {
        lock.lock();
        try {
            allowed = false;
            latest = null;
        } finally {
            lock.unlock();
        }
    }
}
