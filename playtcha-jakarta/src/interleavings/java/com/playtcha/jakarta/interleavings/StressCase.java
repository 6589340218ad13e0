package com.playtcha.jakarta.interleavings;

/** A test with real files or sockets, of which threads use as many as the operating system schedules. */
public interface StressCase {

    /** Runs this many rounds, and throws where an invariant is broken in one of them. */
    void run(int rounds) throws Exception;
}
