package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.runtime.NamedVerifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.inject.Inject;
import java.lang.annotation.Annotation;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Produces the verifiers that are injected. Public for CDI only. */
@ApplicationScoped
public class VerifierProducer {
    @Inject
    CdiApplication application;

    /** For CDI. */
    public VerifierProducer() {}

    @Produces
    @Dependent
    public PlaytchaVerifier verifier() {
        return new NamedVerifier(GuardSettings.DEFAULT_NAME, application.application());
    }

    @Produces
    @Dependent
    @PlaytchaGuard
    public PlaytchaVerifier named(@Nullable InjectionPoint point) {
        PlaytchaGuard guard = point == null ? null : guard(point.getQualifiers());
        if (guard == null) {
            throw new IllegalStateException("The guard of this PlaytchaVerifier cannot be determined: get it by"
                    + " injection, or by Instance.select(PlaytchaVerifier.class, PlaytchaGuard.Literal.of(name))");
        }
        return new NamedVerifier(guard.value(), application.application());
    }

    static @Nullable PlaytchaGuard guard(Collection<Annotation> qualifiers) {
        for (Annotation qualifier : qualifiers) {
            if (qualifier instanceof PlaytchaGuard guard) {
                return guard;
            }
        }
        return null;
    }
}
