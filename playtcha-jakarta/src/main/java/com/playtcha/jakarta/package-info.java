/**
 * The public words of the library: a verifier, the verification it gives, its outcome and reason, and the error
 * envelope of the service. Needs nothing but the JDK.
 */
@NullMarked
package com.playtcha.jakarta;

import org.jspecify.annotations.NullMarked;
