package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.FailureCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies and the counter that an application has as beans or services. One that cannot be used must not leave
 * anything open: a token is required instead. Thread-safe.
 */
final class ApplicationExtensions {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationExtensions.class);

    private final Supplier<@Nullable ApplicationBeans> beans;
    private final Supplier<@Nullable ClassLoader> loader;
    private volatile boolean beansEnded;
    private volatile @Nullable Found found;

    /**
     * What was found.
     *
     * @param beans among which it was looked for: a request may look while CDI begins, and miss what is there from then on
     */
    private record Found(
            @Nullable ApplicationBeans beans, List<ChallengePolicy> policies, List<FailureCounter> counters) {
        boolean isEmpty() {
            return policies.isEmpty() && counters.isEmpty();
        }
    }

    ApplicationExtensions(Supplier<@Nullable ApplicationBeans> beans, Supplier<@Nullable ClassLoader> loader) {
        this.beans = beans;
        this.loader = loader;
    }

    List<ChallengePolicy> policies() {
        return found().policies;
    }

    /** Returns null where failures are counted in memory. Policies do not depend on it. */
    @Nullable
    FailureCounter counter() {
        List<FailureCounter> counters = found().counters;
        if (counters.size() > 1) {
            throw new IllegalStateException("There is more than one FailureCounter, as bean or in META-INF/services");
        }
        return counters.isEmpty() ? null : counters.get(0);
    }

    /** Records that the container of the beans begins or ends. */
    void setBeansEnded(boolean ended) {
        beansEnded = ended;
    }

    /** Drops what refers to the application's classes. */
    void clear() {
        found = null;
    }

    private Found found() {
        Found earlier = found;
        ApplicationBeans present = beans.get();
        if (earlier != null && earlier.beans == present) {
            return earlier;
        }
        if (present == null && beansEnded && (earlier == null || !earlier.isEmpty())) {
            // The settings alone may exempt where a policy or a shared counter would not.
            throw new IllegalStateException("The container of the application's beans has ended");
        }
        return publish(find(present, loader.get()));
    }

    /** Of requests that looked at the same time, all use what the first found: a counter may keep its counts itself. */
    private synchronized Found publish(Found latest) {
        Found first = found;
        if (first != null && first.beans == beans.get()) {
            return first;
        }
        found = latest;
        return latest;
    }

    private static Found find(@Nullable ApplicationBeans beans, @Nullable ClassLoader loader) {
        List<ChallengePolicy> policies = all(ChallengePolicy.class, beans, loader);
        List<FailureCounter> counters = all(FailureCounter.class, beans, loader);
        if (counters.size() > 1) {
            LOG.error(
                    "There is more than one FailureCounter, so after-failures requires tokens always: keep one of {}",
                    counters);
        }
        return new Found(beans, List.copyOf(policies), List.copyOf(counters));
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
