/** Beans of which each alone needs a guard. */
@NullMarked
package com.playtcha.jakarta.it.cdionly;

import org.jspecify.annotations.NullMarked;
