package com.playtcha.jakarta.internal.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** The places in the application's code that need settings. Immutable. */
public final class UsesInCode {
    /** Nothing is used. */
    public static final UsesInCode NONE = new UsesInCode(Set.of(), Set.of());

    private final Set<GuardUse> guards;
    private final Set<String> late;

    /**
     * Some places.
     *
     * @param guards that need a guard
     * @param late that use late results, for people, such as {@code field com.example.SignUp.tasks}
     */
    public UsesInCode(Collection<GuardUse> guards, Collection<String> late) {
        this.guards = Collections.unmodifiableSet(new LinkedHashSet<>(guards));
        this.late = Collections.unmodifiableSet(new LinkedHashSet<>(late));
    }

    /**
     * The places that need a guard.
     *
     * @return unmodifiable, in the order they were found
     */
    public Set<GuardUse> guards() {
        return guards;
    }

    /**
     * The places that use late results.
     *
     * @return unmodifiable, in the order they were found
     */
    public Set<String> late() {
        return late;
    }

    /**
     * These places and others.
     *
     * @param others to add
     * @return this where there is none among them that is new
     */
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

    /**
     * Whether there is no place.
     *
     * @return true where code uses neither guards nor late results
     */
    public boolean isEmpty() {
        return guards.isEmpty() && late.isEmpty();
    }
}
