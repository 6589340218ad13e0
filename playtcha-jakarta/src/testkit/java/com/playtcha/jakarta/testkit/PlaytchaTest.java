package com.playtcha.jakarta.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/**
 * Starts a {@link PlaytchaStandIn} for a test class of JUnit 5 or 6. Before the test's own {@code @BeforeAll}, the system
 * properties {@code playtcha.base-url} and {@code playtcha.secret} lead to it; after the class they have their old values
 * again. Before each test the stand-in is reset, throttle pauses are over, and circuit breakers are
 * closed. A test receives it as a parameter, or in a field of type
 * {@code PlaytchaStandIn} that is not final:
 *
 * <pre>{@code
 * @PlaytchaTest
 * class SignUpTest {
 *     static PlaytchaStandIn playtcha;
 *
 *     @BeforeAll
 *     static void startApplication() { … }
 *
 *     @Test
 *     void aTokenIsVerifiedOnce() {
 *         assertEquals(200, signUp("ok-1"));
 *         playtcha.verifications().of("ok-1").once().answered(200);
 *     }
 * }
 * }</pre>
 *
 * <p>All classes share one stand-in, which runs until the end of the JVM, so that an application that outlives a class, as
 * Spring's cached contexts do, still has it. Classes with this annotation do not run at the same time as others that use
 * system properties. For an own port, secret or further settings, register a {@link PlaytchaExtension} instead.
 *
 * @since 0.1
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(PlaytchaExtension.class)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
public @interface PlaytchaTest {}
