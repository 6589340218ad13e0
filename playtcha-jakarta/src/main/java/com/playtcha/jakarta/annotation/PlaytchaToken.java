package com.playtcha.jakarta.annotation;

import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Marks the {@code String} parameter of a {@link PlaytchaProtected} bean method that has the visitor's token. A null or
 * blank argument counts as no token. The annotation also applies to the parameter in methods that override or implement
 * the annotated one.
 *
 * @since 0.1
 */
@Documented
@Retention(RUNTIME)
@Target(PARAMETER)
public @interface PlaytchaToken {}
