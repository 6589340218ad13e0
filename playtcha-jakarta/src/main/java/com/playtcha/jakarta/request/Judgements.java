package com.playtcha.jakarta.request;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.gate.Guard;
import com.playtcha.jakarta.gate.TokenReading;
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
public final class Judgements {
    /** The attribute's name. */
    public static final String ATTRIBUTE = Judgements.class.getName();

    // Not a monitor: a call to Playtcha is made under it, which must not pin the carrier of a virtual thread.
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Entry> entries = new ArrayList<>();
    private boolean allowed = true;
    private @Nullable Verification latest;
    private volatile boolean matching;
    private volatile @Nullable Method resourceMethod;

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

    private Judgements() {}

    /**
     * Those of nothing yet, for work that is no request.
     *
     * @return empty
     */
    public static Judgements ofNothing() {
        return new Judgements();
    }

    /**
     * The judgements of a request; made and kept there when there are none yet.
     *
     * @param get the request's attribute of a name
     * @param set sets it
     * @return never null
     */
    public static Judgements of(Function<String, @Nullable Object> get, BiConsumer<String, Object> set) {
        if (get.apply(ATTRIBUTE) instanceof Judgements known) {
            return known;
        }
        Judgements judgements = new Judgements();
        set.accept(ATTRIBUTE, judgements);
        return judgements;
    }

    /**
     * One guard's judgement. Asks Playtcha only about a token that no guard of the same project has asked about in this
     * request, and decides, logs and counts once a guard and token.
     *
     * @param guard whose policy decides
     * @param token what its sources held
     * @return its own decision
     */
    public Verification judge(Guard guard, TokenReading token) {
        lock.lock();
        try {
            return judgeLocked(guard, token);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same where the token may have been found before and be found no more: at a later dispatch, for which some
     * containers lose a form's parameters, or before a method that sees no request. What a guard of the same project
     * was told then counts. A token that is there, another one say, is judged for itself.
     *
     * @param guard whose policy decides
     * @param token what its sources held now
     * @return its own decision
     */
    public Verification judgeAgain(Guard guard, TokenReading token) {
        lock.lock();
        try {
            return judgeLocked(guard, remembered(guard, token));
        } finally {
            lock.unlock();
        }
    }

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

    private Verification judgeLocked(Guard guard, TokenReading token) {
        for (Entry entry : entries) {
            Verification decided = entry.decisions.get(guard);
            if (decided != null && entry.token.equals(token)) {
                latest = decided;
                return decided;
            }
        }
        Entry entry = entryFor(guard, token);
        Verification decision = guard.decide(entry.facts, token, entry.granted);
        entry.decisions.put(guard, decision);
        entry.granted |= decision.isAllowed() && decision.getOutcome() == Outcome.UNAVAILABLE;
        allowed &= decision.isAllowed();
        latest = decision;
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
     *
     * @return null where none has judged yet, or where one of them failed
     */
    public @Nullable Verification latest() {
        lock.lock();
        try {
            return latest == null ? null : latest.withAllowed(allowed);
        } finally {
            lock.unlock();
        }
    }

    /** Jakarta REST begins to look for the resource method, and calls sub-resource locators to find it. */
    public void match() {
        resourceMethod = null;
        matching = true;
    }

    /**
     * Jakarta REST has found the resource method.
     *
     * @param guarded the method, where a guard has admitted the request to it; null where it has no guard of its own
     */
    public void matched(@Nullable Method guarded) {
        matching = false;
        resourceMethod = guarded;
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
     * Whether a guard of Jakarta REST has admitted the request to this very method.
     *
     * @param method of a bean that may be a resource
     * @return false where it is not known to be the same
     */
    public boolean isAdmittedTo(Method method) {
        Method admitted = resourceMethod;
        return admitted != null
                && admitted.getName().equals(method.getName())
                && Arrays.equals(admitted.getParameterTypes(), method.getParameterTypes())
                && (admitted.getDeclaringClass().isAssignableFrom(method.getDeclaringClass())
                        || method.getDeclaringClass().isAssignableFrom(admitted.getDeclaringClass()));
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
