package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.util.LogText;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of an application's late results (contract, sections 4 and 7). Each accessor is the key of its
 * name. Immutable; only a poll key in a file may change. The kill switch does not affect them: open items are finished.
 */
public final class LateSettings {
    static final LateSettings OFF =
            read(new Lookup(List.of(), text -> text), List.of(), List.of(), new ProblemReport(new Redaction()));

    private final boolean on;
    private final Map<Setting<?>, Object> values;
    private final @Nullable SecretSource pollKey;
    private final String dirOrigin;
    private final String description;

    private LateSettings(boolean on, SettingsReader reader, @Nullable SecretSource pollKey) {
        reader.values().values().removeIf(Optional.empty()::equals);
        this.on = on;
        this.values = Map.copyOf(reader.values());
        this.pollKey = pollKey;
        this.dirOrigin = reader.from(ApplicationKeys.LATE_DIR);
        this.description = on ? reader.describe() : "off";
    }

    /**
     * Reads the settings. The result must not be used if problems were reported.
     *
     * @param owners the guards and filters in use that have late verdicts, as problems name them
     * @param uses the places in code that use late results
     */
    static LateSettings read(Lookup lookup, Collection<String> owners, Collection<String> uses, ProblemReport report) {
        SettingsReader reader = new SettingsReader(lookup, report);
        for (Setting<?> setting : ApplicationKeys.LATE) {
            if (setting != ApplicationKeys.POLL_KEY && setting != ApplicationKeys.POLL_KEY_FILE) {
                reader.read(setting);
            }
        }
        SecretSource pollKey = reader.readSecret(ApplicationKeys.POLL_KEY, ApplicationKeys.POLL_KEY_FILE);
        Boolean allowHttp =
                new SettingsReader(lookup, new ProblemReport(report.redaction())).read(GuardKeys.ALLOW_HTTP);
        reader.checkPlainHttp(ApplicationKeys.POLL_URL, Boolean.TRUE.equals(allowHttp));
        checkCallbackKey(reader, report);
        boolean on = !owners.isEmpty()
                || Stream.of(
                                ApplicationKeys.CALLBACK_PATH,
                                ApplicationKeys.POLL_URL,
                                ApplicationKeys.LATE_DIR,
                                ApplicationKeys.LATE_DATASOURCE)
                        .anyMatch(reader::isSet);
        if (on) {
            checkStore(reader, owners, report);
        } else if (!uses.isEmpty()) {
            report.problem(
                    ProblemCode.LATE_OFF,
                    "late results are used by " + String.join(", ", uses) + ", but nothing stores them; set late-dir to"
                            + " a folder for the embedded database, or late-datasource to the JNDI name of a database"
                            + " that all nodes share.");
        }
        return new LateSettings(on, reader, pollKey);
    }

    private static void checkCallbackKey(SettingsReader reader, ProblemReport report) {
        if (!reader.isSet(ApplicationKeys.CALLBACK_PATH) || reader.isSet(ApplicationKeys.CALLBACK_KEY)) {
            return;
        }
        ConfigValue off = reader.given(ApplicationKeys.CALLBACK_KEY);
        if (off == null) {
            report.missing(
                    ApplicationKeys.CALLBACK_KEY,
                    "callback-key is not set",
                    "callback-path" + reader.from(ApplicationKeys.CALLBACK_PATH));
        } else {
            report.warning(
                    ProblemCode.OPEN_CALLBACK,
                    "callback-key is switched off by " + off.origin()
                            + ": anyone who can reach callback-path can deliver results.");
        }
    }

    private static void checkStore(SettingsReader reader, Collection<String> owners, ProblemReport report) {
        if (reader.isSet(ApplicationKeys.LATE_DIR)) {
            return;
        }
        if (reader.isSet(ApplicationKeys.LATE_DATASOURCE)) {
            report.warning(
                    ProblemCode.NO_LATE_DIR,
                    "late-datasource is set without late-dir: while the database is down, callbacks are answered with"
                            + " 503, and requests that are allowed without verification are not tracked; set late-dir"
                            + " to a folder of this node.");
            return;
        }
        Setting<?> user =
                reader.isSet(ApplicationKeys.CALLBACK_PATH) ? ApplicationKeys.CALLBACK_PATH : ApplicationKeys.POLL_URL;
        report.missing(
                ApplicationKeys.LATE_DIR,
                "neither late-dir nor late-datasource is set",
                owners.isEmpty()
                        ? user.key + reader.from(user)
                        : "late-verdicts of " + owners.iterator().next());
    }

    /**
     * Whether late results are on: a guard or filter in use has {@code late-verdicts}, or one of {@code callback-path},
     * {@code poll-url}, {@code late-dir} and {@code late-datasource} is set.
     */
    public boolean isOn() {
        return on;
    }

    /** Whether the embedded database in {@link #dir()} is the store. */
    public boolean usesEmbeddedStore() {
        return on && dataSource() == null;
    }

    /** Not null if {@link #usesEmbeddedStore()}; otherwise null means that nothing is spooled. */
    public @Nullable Path dir() {
        return orNull(ApplicationKeys.LATE_DIR);
    }

    /** Returns the problem of a {@code late-dir} that turned out to be unusable; the reason is a clause. */
    public PlaytchaConfigurationException refuseDir(String reason) {
        return new PlaytchaConfigurationException(List.of(LogText.escape(
                ProblemCode.INVALID_VALUE.id() + ": late-dir = \"" + dir() + "\"" + dirOrigin + ": " + reason + ".")));
    }

    /** A plain name or one of the scheme {@code java:}; null for the embedded store. */
    public @Nullable String dataSource() {
        return orNull(ApplicationKeys.LATE_DATASOURCE);
    }

    public int lateConcurrency() {
        return get(ApplicationKeys.LATE_CONCURRENCY);
    }

    public int lateMaxUntracked() {
        return get(ApplicationKeys.LATE_MAX_UNTRACKED);
    }

    public @Nullable String callbackPath() {
        return orNull(ApplicationKeys.CALLBACK_PATH);
    }

    /** Null without {@link #callbackPath()}, or if the key is switched off and results are accepted from anyone. */
    public @Nullable String callbackKey() {
        return callbackPath() == null ? null : orNull(ApplicationKeys.CALLBACK_KEY);
    }

    public @Nullable URI pollUrl() {
        return orNull(ApplicationKeys.POLL_URL);
    }

    /** Null without {@link #pollUrl()}, or if no key is sent. */
    public @Nullable SecretSource pollKey() {
        return pollUrl() == null ? null : pollKey;
    }

    public Duration callbackTimeout() {
        return get(ApplicationKeys.CALLBACK_TIMEOUT);
    }

    /** The time from tracking a task to its first poll. */
    public Duration firstPoll() {
        return callbackPath() == null ? pollInterval() : callbackTimeout();
    }

    public Duration pollInterval() {
        return get(ApplicationKeys.POLL_INTERVAL);
    }

    public Duration pollExpiry() {
        return get(ApplicationKeys.POLL_EXPIRY);
    }

    public Duration deadLetterRetry() {
        return get(ApplicationKeys.DEAD_LETTER_RETRY);
    }

    public int lateDirMaxFiles() {
        return get(ApplicationKeys.LATE_DIR_MAX_FILES);
    }

    public long lateDirMaxBytes() {
        return get(ApplicationKeys.LATE_DIR_MAX_BYTES);
    }

    /** Returns the effective settings in one line for the log, without any key, or {@code off}. */
    public String describe() {
        return description;
    }

    @SuppressWarnings("unchecked")
    private <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(values.get(setting), setting.key);
    }

    @SuppressWarnings("unchecked")
    private <T> @Nullable T orNull(Setting<Optional<T>> setting) {
        Optional<T> value = (Optional<T>) values.get(setting);
        return value == null ? null : value.orElse(null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LateSettings that && on == that.on && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "late results: " + description;
    }
}
