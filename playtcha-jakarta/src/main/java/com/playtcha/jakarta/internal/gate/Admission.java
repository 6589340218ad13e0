package com.playtcha.jakarta.internal.gate;

/** Whether Playtcha may be called for one token: a permit for one call, or the decision not to make it. */
sealed interface Admission permits CallPermit, Decided {

    /** Makes the permitted call, or returns the decision. Throws only because of a bug in this library. */
    CallResult call();

    /** Reports that the permitted call begins, on the visitor's thread; {@link #call} may run on another. */
    default void begin() {}

    /** Gives the permit back for a call that is not made. */
    default void cancel() {}
}
