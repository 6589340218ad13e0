/** An application that takes late results: what its handler does goes into a table beside the store. */
@NullMarked
package com.playtcha.jakarta.it.lateapp;

import org.jspecify.annotations.NullMarked;
