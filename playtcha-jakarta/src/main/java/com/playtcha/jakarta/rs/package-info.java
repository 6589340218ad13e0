/**
 * Guards Jakarta REST resources by {@link com.playtcha.jakarta.annotation.PlaytchaProtected}: where the servlet filter
 * does not reach, or together with it. The only home of the Jakarta REST API besides the annotation.
 */
@NullMarked
package com.playtcha.jakarta.rs;

import org.jspecify.annotations.NullMarked;
