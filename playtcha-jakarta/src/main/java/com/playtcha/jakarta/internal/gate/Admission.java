package com.playtcha.jakarta.internal.gate;

/** Whether Playtcha may be called for one token: a permit for one call, or the decision not to make it. */
sealed interface Admission permits CallPermit, Decided {

    /** Makes the permitted call, or returns the decision. Throws only because of a bug in this library. */
    CallResult call();
}
