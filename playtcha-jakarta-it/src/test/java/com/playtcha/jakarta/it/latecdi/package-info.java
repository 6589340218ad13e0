/** Beans that take late results, in an application of {@code com.playtcha.jakarta.it.lateapp}. */
@NullMarked
package com.playtcha.jakarta.it.latecdi;

import org.jspecify.annotations.NullMarked;
