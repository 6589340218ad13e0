package com.playtcha.jakarta.it.bench.faults;

import java.util.SplittableRandom;

/**
 * One seeded run. Its token says all there is to know about it, so that the service, in another thread or process, draws
 * the same fault as the one who checks the decision.
 */
record Call(long seed, int index) {
    private static final String PREFIX = "run.";

    static Call of(String token) {
        String[] parts = token.substring(PREFIX.length()).split("\\.");
        return new Call(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
    }

    String token() {
        return PREFIX + seed + "." + index;
    }

    /** Returns whether the service calls the token good. */
    boolean isGood() {
        return random(0).nextBoolean();
    }

    /** Returns what the service says about the token, undisturbed. */
    Answer answer() {
        return isGood() ? Answer.GOOD : Answer.REFUSALS.get(random(1).nextInt(Answer.REFUSALS.size()));
    }

    /** Returns a number below the bound, the same each time. */
    int draw(int bound) {
        return random(2).nextInt(bound);
    }

    /** Returns a number below the bound, for which all numbers turn up in as many runs. */
    int turn(int bound) {
        return index % bound;
    }

    private SplittableRandom random(int stream) {
        return new SplittableRandom(31 * (31 * seed + index) + stream).split();
    }
}
