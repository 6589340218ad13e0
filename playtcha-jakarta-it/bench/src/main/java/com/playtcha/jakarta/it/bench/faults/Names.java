package com.playtcha.jakarta.it.bench.faults;

/** The names that only this benchmark knows, where the JDK lets a program look names up itself (18 and later). */
final class Names {
    static final String SLOW = "slow.faults.test";
    static final String MISSING = "missing.faults.test";
    static final String DEAD = "dead.faults.test";

    private Names() {}

    static boolean areScripted() {
        try {
            Class.forName("com.playtcha.jakarta.it.bench.faults.ScriptedNames");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
