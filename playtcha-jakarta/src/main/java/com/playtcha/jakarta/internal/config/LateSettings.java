package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of an application's late results (contract, sections 4 and 7): every default filled in, every
 * value checked. Immutable; only the poll key may change, if it stands in a file. Each accessor is the key of its name.
 *
 * <p>They do not depend on {@code enabled}: the kill switch is for verification, and what is unfinished is finished.
 *
 * @since 0.1
 */
public final class LateSettings {
    /** None of them set. */
    static final LateSettings OFF = of(Map.of());

    private final boolean on;
    private final Map<String, Object> values;
    private final @Nullable SecretSource pollKey;
    private final String description;

    /**
     * Takes what {@link LateReader} found.
     *
     * @param values by key; every one of {@link LateKeys#ALL} that has a default, and perhaps {@code callback-key}
     * @param description without any secret
     */
    LateSettings(boolean on, Map<String, Object> values, @Nullable SecretSource pollKey, String description) {
        this.on = on;
        this.values = Map.copyOf(values);
        this.pollKey = pollKey;
        this.description = description;
    }

    /**
     * Settings given in code.
     *
     * @param values by key, as an init-param is named: those of late results and {@code allow-http}; an empty value is
     *     not set; no expressions
     * @return the effective settings
     * @throws PlaytchaConfigurationException with every problem
     */
    public static LateSettings of(Map<String, String> values) {
        Report report = new Report();
        KeyCheck.lateValues(values.keySet(), report);
        LateSettings settings = new LateReader(
                        List.of(Lookup.ofValues(values)), new SecretFiles(System::nanoTime), report)
                .read(List.of(), List.of())
                .with(report.mask());
        if (report.hasProblems()) {
            throw new PlaytchaConfigurationException(report.problems());
        }
        return settings;
    }

    /**
     * Whether late results are on.
     *
     * @return true where a guard or filter in use has {@code late-verdicts}, or one of {@code callback-path},
     *     {@code poll-url}, {@code late-dir} and {@code late-datasource} is set
     */
    public boolean isOn() {
        return on;
    }

    /**
     * Whether the embedded database in {@link #dir()} is the store.
     *
     * @return false where late results are off, or {@link #dataSource()} is the store
     */
    public boolean usesEmbeddedStore() {
        return on && dataSource() == null;
    }

    /**
     * The folder of the embedded store and of the dead-letter files.
     *
     * @return never null where {@link #usesEmbeddedStore()}; null otherwise where there is none: nothing can be kept then
     *     while the database is down
     */
    public @Nullable Path dir() {
        return orNull(LateKeys.LATE_DIR);
    }

    /**
     * The JNDI name of the store.
     *
     * @return a plain name, or one of the scheme {@code java:}; null for the embedded store
     */
    public @Nullable String dataSource() {
        return orNull(LateKeys.LATE_DATASOURCE);
    }

    /** {@code late-concurrency}: handlers that run at once, from 1 to 1000. */
    public int lateConcurrency() {
        return get(LateKeys.LATE_CONCURRENCY);
    }

    /** {@code late-max-untracked}: results of untracked ids that the store keeps, from 1 to 10,000,000. */
    public int lateMaxUntracked() {
        return get(LateKeys.LATE_MAX_UNTRACKED);
    }

    /**
     * Where callbacks arrive.
     *
     * @return an exact path that starts with a slash; null where no callbacks are taken
     */
    public @Nullable String callbackPath() {
        return orNull(LateKeys.CALLBACK_PATH);
    }

    /**
     * What a callback has to prove itself with.
     *
     * @return at least 16 characters of visible ASCII; null without {@link #callbackPath()}, and where the key is
     *     switched off by {@code off}, so that anyone can deliver results
     */
    public @Nullable String callbackKey() {
        return callbackPath() == null ? null : orNull(LateKeys.CALLBACK_KEY);
    }

    /**
     * Where results are asked for.
     *
     * @return https, or http where that is allowed; perhaps with a query, never with a fragment; null where nothing is
     *     polled
     */
    public @Nullable URI pollUrl() {
        return orNull(LateKeys.POLL_URL);
    }

    /**
     * The key that {@link #pollUrl()} is asked with.
     *
     * @return where it is had; null without {@link #pollUrl()}, and where {@code poll-key} is {@code off}
     */
    public @Nullable SecretSource pollKey() {
        return pollUrl() == null ? null : pollKey;
    }

    /**
     * How long a callback is waited for.
     *
     * @return from 1 s to 24 h
     */
    public Duration callbackTimeout() {
        return get(LateKeys.CALLBACK_TIMEOUT);
    }

    /**
     * How long after it was tracked a task is polled first.
     *
     * @return {@link #callbackTimeout()}; {@link #pollInterval()} where no callback can come
     */
    public Duration firstPoll() {
        return callbackPath() == null ? pollInterval() : callbackTimeout();
    }

    /**
     * The time between two polls of one task.
     *
     * @return from 1 s to 24 h
     */
    public Duration pollInterval() {
        return get(LateKeys.POLL_INTERVAL);
    }

    /**
     * How long after it was tracked a task without a result expires.
     *
     * @return from 1 s to 30 days
     */
    public Duration pollExpiry() {
        return get(LateKeys.POLL_EXPIRY);
    }

    /**
     * When a dead letter is tried again first.
     *
     * @return from 1 s to 1 h
     */
    public Duration deadLetterRetry() {
        return get(LateKeys.DEAD_LETTER_RETRY);
    }

    /**
     * The most dead-letter files.
     *
     * @return from 1 to 10,000,000
     */
    public int lateDirMaxFiles() {
        return get(LateKeys.LATE_DIR_MAX_FILES);
    }

    /**
     * The most that dead-letter files take together.
     *
     * @return bytes, from 1 to 1024 GiB
     */
    public long lateDirMaxBytes() {
        return get(LateKeys.LATE_DIR_MAX_BYTES);
    }

    /**
     * The effective settings for the log.
     *
     * @return one line of {@code key=value, ...} without any key's text, or {@code off}
     */
    public String describe() {
        return description;
    }

    @SuppressWarnings("unchecked")
    private <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(values.get(setting.key()), setting.key());
    }

    @SuppressWarnings("unchecked")
    private <T> @Nullable T orNull(Setting<Optional<T>> setting) {
        Optional<T> value = (Optional<T>) values.get(setting.key());
        return value == null ? null : value.orElse(null);
    }

    /** Equal values, however they are written. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LateSettings that
                && on == that.on
                && values.equals(that.values)
                && Objects.equals(pollKey, that.pollKey);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** {@link #describe()}. */
    @Override
    public String toString() {
        return "late results: " + description;
    }
}
