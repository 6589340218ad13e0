/**
 * Guards Jakarta REST resources that are annotated with {@link com.playtcha.jakarta.annotation.PlaytchaProtected}, with or
 * without the servlet filter.
 */
@NullMarked
package com.playtcha.jakarta.rs;

import org.jspecify.annotations.NullMarked;
