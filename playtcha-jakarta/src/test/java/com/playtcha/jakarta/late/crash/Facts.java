package com.playtcha.jakarta.late.crash;

/** What workers and the harness agree on without a word: everything follows from an item's id or a token. */
final class Facts {
    /** How many results are large enough for the database to write before a commit asks for it. */
    private static final int ONE_IN_LARGE = 8;

    private static final int LARGE = 40_000;
    private static final int ONE_IN_FAILED = 10;

    private Facts() {}

    /** The result that a callback brings. */
    static String code(String variant, String id) {
        boolean large = Math.floorMod(id.hashCode(), ONE_IN_LARGE) == 0;
        return variant + ":" + id + (large ? ":" + "x".repeat(LARGE) : "");
    }

    /** Whether the service says that there will be no result. */
    static boolean fails(String id) {
        return Math.floorMod(id.hashCode(), ONE_IN_FAILED) == 1;
    }

    /** What a poll brings in the end. */
    static String polled(String id) {
        return fails(id) ? "failed" : "polled";
    }

    /** Playtcha's verdict on a token. */
    static boolean isHuman(String token) {
        return Math.floorMod(token.hashCode(), 3) != 0;
    }
}
