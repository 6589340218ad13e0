/** An application under mixed load for an hour while its service breaks in turns, and a hundred redeployments. */
@NullMarked
package com.playtcha.jakarta.it.bench.soak;

import org.jspecify.annotations.NullMarked;
