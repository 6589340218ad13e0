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
 * Chooses the guard of an injected verifier (contract, section 4):
 *
 * <pre>{@code
 * @Inject
 * @PlaytchaGuard("signup")
 * PlaytchaVerifier verifier;
 * }</pre>
 *
 * <p>The setting {@code guards} has to declare the name; otherwise the application is not deployed.
 *
 * @since 0.1
 */
@Qualifier
@Documented
@Retention(RUNTIME)
@Target({FIELD, METHOD, PARAMETER, TYPE})
public @interface PlaytchaGuard {

    /**
     * The guard's name.
     *
     * @return {@code default} for the one that needs no declaration
     */
    @Nonbinding
    String value() default "default";

    /** The annotation as a value, for {@code Instance.select}. */
    final class Literal extends AnnotationLiteral<PlaytchaGuard> implements PlaytchaGuard {
        private static final long serialVersionUID = 1L;

        private final String value;

        private Literal(String value) {
            this.value = value;
        }

        /**
         * For a guard.
         *
         * @param guard its name
         * @return the annotation
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
