/**
 * The CDI events {@link com.playtcha.jakarta.cdi.VerificationEvent} and
 * {@link com.playtcha.jakarta.cdi.LateTransition}, and the extension for CDI Lite.
 */
@NullMarked
package com.playtcha.jakarta.cdi;

import org.jspecify.annotations.NullMarked;
