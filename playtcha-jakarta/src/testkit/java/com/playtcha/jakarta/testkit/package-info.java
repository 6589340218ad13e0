/**
 * A stand-in for Playtcha for tests and development: it implements the verify API, redeems each token once, plays
 * scripted answers and faults, and records what it received. Another stand-in is a service that delivers results late,
 * by callback and by polling. They need nothing but the JDK, and listen on the loopback address only.
 */
@NullMarked
package com.playtcha.jakarta.testkit;

import org.jspecify.annotations.NullMarked;
