package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.EarlierFailOpen;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the guards of one request have found out and decided, over every filter, dispatch and method they stand before
 * (contract, section 5, "once per request"). Kept in a request attribute; nobody else can make a value of this type, and
 * any other value is ignored. Thread-safe.
 */
public final class RequestVerifications {
    /** The attribute's name. */
    public static final String ATTRIBUTE = RequestVerifications.class.getName();

    // Not a monitor: a call to Playtcha is made under it, which must not pin the carrier of a virtual thread.
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Entry> entries = new ArrayList<>();
    private boolean allowed = true;
    private @Nullable Verification latest;
    private @Nullable String deferralId;
    private volatile boolean matching;
    private volatile @Nullable Admission admission;

    /** One token's verification. */
    private static final class Entry {
        final @Nullable String project;
        final PresentedToken token;
        final CallResult findings;
        final IdentityHashMap<Guard, Verification> decisions = new IdentityHashMap<>();
        /** How the token was let through unverified by now. */
        @Nullable
        EarlierFailOpen passed;

        Entry(@Nullable String project, PresentedToken token, CallResult findings) {
            this.project = project;
            this.token = token;
            this.findings = findings;
        }

        void decided(Guard guard, Verification decision) {
            decisions.put(guard, decision);
            boolean passes = decision.isAllowed() && decision.getOutcome() == Outcome.UNAVAILABLE;
            if (passes) {
                boolean tried = passed != null && passed.tried();
                String known = passed == null ? null : passed.deferralId();
                passed = new EarlierFailOpen(
                        known == null ? decision.getDeferralId() : known,
                        tried || guard.settings().lateVerdicts());
            }
        }
    }

    private RequestVerifications() {}

    /**
     * Those of nothing yet, for work that is no request.
     *
     * @return empty
     */
    public static RequestVerifications ofNothing() {
        return new RequestVerifications();
    }

    /**
     * The verifications of a request; made and kept there when there are none yet.
     *
     * @param get the request's attribute of a name
     * @param set sets it
     * @return never null
     */
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
        return verify(guard, token, publish, false);
    }

    /**
     * The same where a token that was found earlier may be missing now: at a later dispatch, for which some containers
     * lose a form's parameters, or before a method that sees no request. Then the earlier token of the project counts.
     */
    public Verification verifyOrReuse(Guard guard, PresentedToken token, Runnable publish) {
        return verify(guard, token, publish, true);
    }

    private Verification verify(Guard guard, PresentedToken presented, Runnable publish, boolean reuse) {
        Verification known;
        Verification decision;
        lock.lock();
        try {
            PresentedToken token = reuse ? remembered(guard, presented) : presented;
            known = decisionOf(guard, token);
            decision = known == null ? decide(guard, token) : known;
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

    private @Nullable Verification decisionOf(Guard guard, PresentedToken token) {
        for (Entry entry : entries) {
            Verification decision = entry.decisions.get(guard);
            if (decision != null && entry.token.equals(token)) {
                return decision;
            }
        }
        return null;
    }

    private Verification decide(Guard guard, PresentedToken token) {
        Entry entry = entryFor(guard, token);
        Verification decision = guard.decide(entry.findings, token, entry.passed);
        entry.decided(guard, decision);
        allowed &= decision.isAllowed();
        deferralId = deferralId == null ? decision.getDeferralId() : deferralId;
        return decision;
    }

    private PresentedToken remembered(Guard guard, PresentedToken token) {
        boolean absent = token.isAbsent();
        String project = absent && guard.settings().enabled() ? guard.project() : null;
        PresentedToken found = token;
        for (Entry entry : entries) {
            if (project != null && project.equals(entry.project)) {
                found = entry.token;
            }
        }
        return found;
    }

    private Entry entryFor(Guard guard, PresentedToken token) {
        // Only a token that can be redeemed has to be shared. That none was found is each guard's own affair, and a
        // guard that is switched off knows nothing that another could use.
        boolean shared = token.value() != null && guard.settings().enabled();
        String project = shared ? guard.project() : null;
        for (Entry entry : entries) {
            if (project != null && entry.token.equals(token) && project.equals(entry.project)) {
                return entry;
            }
        }
        Entry entry = new Entry(project, token, guard.call(token));
        entries.add(entry);
        return entry;
    }

    /**
     * Whether every guard so far allowed the request.
     *
     * @return true where none has judged yet
     */
    public boolean isAllowed() {
        lock.lock();
        try {
            return allowed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The last guard's decision, allowed only if every guard so far allowed the request: what the application is shown.
     * With the request's deferral id, where a decision like that can have one and has none of its own.
     *
     * @return null where none has judged yet, or where one of them failed
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
     * Under which the first guard that tracked the request did so: the id that the application hears of later, whatever
     * guards after it decided (contract, section 7).
     *
     * @return null where none tracked it
     */
    public @Nullable String deferralId() {
        lock.lock();
        try {
            return deferralId;
        } finally {
            lock.unlock();
        }
    }

    /** Jakarta REST begins to look for the resource method, and calls sub-resource locators to find it. */
    public void match() {
        admission = null;
        matching = true;
    }

    /** Jakarta REST has found the resource method, which has no guard of its own, or whose guard has its turn now. */
    public void matched() {
        matching = false;
        admission = null;
    }

    /**
     * A guard of Jakarta REST has admitted the request to a method, after a judgement or, where the HTTP method is safe,
     * without one: the method may run, though it is a bean's and guarded as well. Counts for that method alone, not for
     * what it calls: nor for the same method of another class, with which the resource may share an interface.
     *
     * @param resource the class, or one that a container made from it
     * @param method of the resource
     */
    public void admitTo(Class<?> resource, Method method) {
        admission = new Admission(resource, method);
    }

    /**
     * Whether Jakarta REST looks for the resource method still: no guard of a resource had its turn by now.
     *
     * @return false outside of Jakarta REST
     */
    public boolean isMatching() {
        return matching;
    }

    /**
     * Whether a guard of Jakarta REST has admitted the request to this very method, or to one that it overrides or
     * implements.
     *
     * @param bean the class, or one that a container made from it
     * @param method about to be called
     * @return false where it is not known to be the same
     */
    public boolean isAdmittedTo(Class<?> bean, Method method) {
        Admission known = admission;
        return known != null && known.isTo(bean, method);
    }

    /** One way into the application. */
    private static final class Admission {
        private final Class<?> resource;
        private final Method method;

        Admission(Class<?> resource, Method method) {
            this.resource = written(resource);
            this.method = method;
        }

        boolean isTo(Class<?> bean, Method called) {
            return areRelated(resource, written(bean))
                    && method.getName().equals(called.getName())
                    && Arrays.equals(method.getParameterTypes(), called.getParameterTypes())
                    && areRelated(method.getDeclaringClass(), called.getDeclaringClass());
        }

        private static boolean areRelated(Class<?> one, Class<?> other) {
            return one.isAssignableFrom(other) || other.isAssignableFrom(one);
        }

        /** Containers make subclasses of a bean's class, by such names: one for calls from outside, another for interceptors. */
        private static Class<?> written(Class<?> type) {
            Class<?> written = type;
            while (written.getName().contains("$$") && written.getSuperclass() != Object.class) {
                Class<?> above = written.getSuperclass();
                if (above == null) {
                    return written;
                }
                written = above;
            }
            return written;
        }
    }

    /** An error of our own: nobody may take the request for allowed any more. */
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
