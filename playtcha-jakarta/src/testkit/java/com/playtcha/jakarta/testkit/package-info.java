/**
 * A stand-in for Playtcha that runs inside a test or on a desk: it speaks the wire, redeems each token once, plays
 * scripted answers and faults, and remembers what it received. Another stand-in is a service that delivers results late,
 * by callback and by polling. They need nothing but the JDK, and listen on the loopback address only.
 */
@NullMarked
package com.playtcha.jakarta.testkit;

import org.jspecify.annotations.NullMarked;
