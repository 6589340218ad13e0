package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.FailureCounter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies and the counter that an application has as beans or services. One that cannot be used must not leave
 * anything open: a token is required instead.
 *
 * @param beans among which they were looked for: a request may look while CDI begins, and miss what is there from then on
 */
record ApplicationExtensions(
        @Nullable ApplicationBeans beans, List<ChallengePolicy> policies, List<FailureCounter> counters) {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationExtensions.class);

    static ApplicationExtensions find(@Nullable ApplicationBeans beans, @Nullable ClassLoader loader) {
        List<ChallengePolicy> policies = all(ChallengePolicy.class, beans, loader);
        List<FailureCounter> counters = all(FailureCounter.class, beans, loader);
        if (counters.size() > 1) {
            LOG.error(
                    "There is more than one FailureCounter, so after-failures requires tokens always: keep one of {}",
                    counters);
        }
        return new ApplicationExtensions(beans, List.copyOf(policies), List.copyOf(counters));
    }

    boolean isEmpty() {
        return policies.isEmpty() && counters.isEmpty();
    }

    /** Returns null where failures are counted in memory. Policies do not depend on it. */
    @Nullable
    FailureCounter counter() {
        if (counters.size() > 1) {
            throw new IllegalStateException("There is more than one FailureCounter, as bean or in META-INF/services");
        }
        return counters.isEmpty() ? null : counters.get(0);
    }

    private static <T> List<T> all(Class<T> type, @Nullable ApplicationBeans beans, @Nullable ClassLoader loader) {
        List<T> all = new ArrayList<>(beans == null ? List.of() : beans.findAll(type));
        all.addAll(PlaytchaRuntime.services(type, loader, e -> {
            LOG.error(
                    "A {} in META-INF/services cannot be used, so tokens are required; correct or remove it",
                    type.getSimpleName(),
                    e);
            throw new IllegalStateException(type.getSimpleName() + " in META-INF/services cannot be used", e);
        }));
        return all;
    }
}
