/** The benchmarks, and how they report. */
@NullMarked
package com.playtcha.jakarta.it.bench;

import org.jspecify.annotations.NullMarked;
