package com.playtcha.jakarta.annotation;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.enterprise.util.AnnotationLiteral;
import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * A qualifier that selects the guard of an injected {@link com.playtcha.jakarta.PlaytchaVerifier}:
 *
 * <pre>{@code
 * @Inject
 * @PlaytchaGuard("signup")
 * PlaytchaVerifier verifier;
 * }</pre>
 *
 * <p>The setting {@code guards} must declare the name; otherwise the deployment of the application fails.
 *
 * @since 0.1
 */
@Qualifier
@Documented
@Retention(RUNTIME)
@Target({FIELD, METHOD, PARAMETER, TYPE})
public @interface PlaytchaGuard {

    /**
     * Returns the name of the guard.
     *
     * @return the name; {@code default} is the guard that needs no declaration
     */
    @Nonbinding
    String value() default "default";

    /** An instance of the annotation, for {@code Instance.select}. */
    final class Literal extends AnnotationLiteral<PlaytchaGuard> implements PlaytchaGuard {
        private static final long serialVersionUID = 1L;

        private final String value;

        private Literal(String value) {
            this.value = value;
        }

        /**
         * Returns the qualifier of a guard.
         *
         * @param guard the name of the guard
         * @return the qualifier
         */
        public static Literal of(String guard) {
            return new Literal(guard);
        }

        @Override
        public String value() {
            return value;
        }
    }
}
