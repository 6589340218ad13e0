/** An application whose resource verifies a token. */
@NullMarked
package com.playtcha.jakarta.it.telemetryapp;

import org.jspecify.annotations.NullMarked;
