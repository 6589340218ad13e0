/** The fault matrix: what the library, and a filter written by hand, decide while the service or the network is broken. */
@NullMarked
package com.playtcha.jakarta.it.bench.faults;

import org.jspecify.annotations.NullMarked;
