/**
 * Guards by injection: verifiers, the current request's verification, events, the interceptor of
 * {@code @PlaytchaProtected}, and late results with the bean that takes them. The only home of CDI, besides the bridge to the servlet API. Public is what the
 * application uses ({@link com.playtcha.jakarta.cdi.VerificationEvent}, {@link com.playtcha.jakarta.cdi.LateTransition}) and what a container has to see.
 */
@NullMarked
package com.playtcha.jakarta.cdi;

import org.jspecify.annotations.NullMarked;
