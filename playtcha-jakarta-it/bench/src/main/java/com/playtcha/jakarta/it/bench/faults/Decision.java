package com.playtcha.jakarta.it.bench.faults;

/** What becomes of a visitor. */
enum Decision {
    /** Let in, because the service said so. */
    VERIFIED,
    /** Kept out, because the service said so. */
    REFUSED,
    /** Let in without a verdict. */
    UNVERIFIED,
    /** Kept out without a verdict, and asked to come back. */
    TURNED_AWAY,
    /** An error page. */
    ERROR
}
