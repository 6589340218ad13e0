/**
 * The settings table and what is read by it: sources, parsing, the immutable settings of each guard, and one error for
 * all problems. Internal: public only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.config;

import org.jspecify.annotations.NullMarked;
