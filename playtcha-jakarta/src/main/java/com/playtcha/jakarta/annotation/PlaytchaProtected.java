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
 * Guards a method: it is called only if the guard verifies the token, or allows the request by its policy.
 *
 * <p>On a method or on the class of a <b>CDI bean</b>, the token is the parameter with {@link PlaytchaToken}. Without
 * such a parameter, the verification of an earlier guard of the same project (base URL and secret) in the current
 * request is reused. If the guard denies the call, {@link com.playtcha.jakarta.PlaytchaDeniedException} is thrown and
 * the method is not called.
 *
 * <p>On a method or on the class of a <b>Jakarta REST resource</b>, or on the {@code Application}, the token is read
 * from the request according to the guard's {@code token-*} settings, and a denied request is answered with problem
 * details (RFC 9457).
 *
 * <p>On a handler method or the class of a <b>Spring MVC controller</b> of a Spring Boot application, it works as on a
 * resource.
 *
 * <p>Within one request a token is verified once, however many guards apply.
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
     * Returns the name of the guard, which the setting {@code guards} must declare.
     *
     * @return the name; {@code default} is the guard that needs no declaration
     */
    @Nonbinding
    String value() default "default";
}
