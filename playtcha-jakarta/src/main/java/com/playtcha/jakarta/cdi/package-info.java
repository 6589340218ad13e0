/** The extension for CDI Lite. The events are {@link com.playtcha.jakarta.VerificationEvent} and others of its package. */
@NullMarked
package com.playtcha.jakarta.cdi;

import org.jspecify.annotations.NullMarked;
