package com.playtcha.jakarta.internal.config;

/**
 * A text for whoever runs the server. It is put together when every secret is known, so that what others wrote is
 * masked piece by piece, before it is cut, and our own words never are.
 */
interface Sentence {
    String with(Mask mask);
}
