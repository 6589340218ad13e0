/**
 * The verifier, its results, listeners and exceptions. Depends on the JDK only.
 */
@NullMarked
package com.playtcha.jakarta;

import org.jspecify.annotations.NullMarked;
