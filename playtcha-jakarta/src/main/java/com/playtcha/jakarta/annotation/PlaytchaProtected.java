package com.playtcha.jakarta.annotation;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Documented;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Lets a method run only for a visitor whose Playtcha token is good, or whom the guard's policy lets through.
 *
 * <p>On a method, or on all methods of a class, of a <b>CDI bean</b>: the token is the parameter with
 * {@link PlaytchaToken}; without such a parameter, what a guard of the same project (base URL and secret) was told
 * earlier in the current request counts. A denial throws {@link com.playtcha.jakarta.PlaytchaDeniedException}, and the
 * method does not run.
 *
 * <p>On a method or class of a <b>Jakarta REST resource</b>, or on the {@code Application}: the token is read from the
 * request as the guard's {@code token-*} settings say, and a denial is answered with problem details (RFC 9457).
 *
 * <p>Within one request a token is redeemed once, however many guards see it (contract, section 5).
 *
 * @since 0.1
 */
@Inherited
@InterceptorBinding
@NameBinding
@Documented
@Retention(RUNTIME)
@Target({METHOD, TYPE})
public @interface PlaytchaProtected {

    /**
     * The name of the guard whose settings and policy count. The setting {@code guards} has to declare it.
     *
     * @return {@code default} for the one that needs no declaration
     */
    @Nonbinding
    String value() default "default";
}
