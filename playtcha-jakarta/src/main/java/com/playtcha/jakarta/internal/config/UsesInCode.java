package com.playtcha.jakarta.internal.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** The places in the application's code that make settings required. Immutable. */
public final class UsesInCode {
    /** Nothing is used. */
    public static final UsesInCode NONE = new UsesInCode(Set.of(), Set.of());

    private final Set<GuardUse> guards;
    private final Set<String> late;

    /** Takes the places that need a guard, and those that use late results, such as {@code field a.b.SignUp.tasks}. */
    public UsesInCode(Collection<GuardUse> guards, Collection<String> late) {
        this.guards = Collections.unmodifiableSet(new LinkedHashSet<>(guards));
        this.late = Collections.unmodifiableSet(new LinkedHashSet<>(late));
    }

    public Set<GuardUse> guards() {
        return guards;
    }

    public Set<String> late() {
        return late;
    }

    /** Returns these places and others, or this if there is no new one. */
    public UsesInCode and(UsesInCode others) {
        if (guards.containsAll(others.guards) && late.containsAll(others.late)) {
            return this;
        }
        Set<GuardUse> allGuards = new LinkedHashSet<>(guards);
        allGuards.addAll(others.guards);
        Set<String> allLate = new LinkedHashSet<>(late);
        allLate.addAll(others.late);
        return new UsesInCode(allGuards, allLate);
    }

    public boolean isEmpty() {
        return guards.isEmpty() && late.isEmpty();
    }
}
