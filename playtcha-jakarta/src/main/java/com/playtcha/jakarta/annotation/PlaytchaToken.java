package com.playtcha.jakarta.annotation;

import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Marks the parameter, a {@code String}, that carries the visitor's token into a bean method with
 * {@link PlaytchaProtected}. Null or blank counts as no token. A
 * parameter that is marked in a method above, of an interface say, is the token as well.
 *
 * @since 0.1
 */
@Documented
@Retention(RUNTIME)
@Target(PARAMETER)
public @interface PlaytchaToken {}
