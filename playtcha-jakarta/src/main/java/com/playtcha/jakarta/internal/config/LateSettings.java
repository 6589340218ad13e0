package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.util.LogText;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The effective settings of an application's late results (contract, sections 4 and 7). Immutable; only a poll key in a
 * file may change. The kill switch does not affect them: open items are finished.
 *
 * @param isOn whether a guard or filter in use has {@code late-verdicts}, or one of {@code callback-path},
 *     {@code poll-url}, {@code late-dir} and {@code late-datasource} is set; if so, one of the last two is set
 * @param dirOrigin where {@code late-dir} was set
 */
public record LateSettings(boolean isOn, String dirOrigin, SettingValues values) {
    static final LateSettings OFF =
            read(new SettingsReader(text -> text, new ProblemReport()), false, List.of(), List.of());

    /** Which databases a data source may lead to. */
    public enum DatabaseSupport {
        /** Those that the store was proven on. */
        PROVEN,
        /** Other versions of these too. */
        UNPROVEN
    }

    /**
     * Reads the settings. The result must not be used if problems were reported.
     *
     * @param owners the guards and filters in use that have late verdicts, as problems name them
     * @param uses the places in code that use late results
     */
    static LateSettings read(
            SettingsReader reader, boolean allowHttp, Collection<String> owners, Collection<String> uses) {
        ProblemReport report = reader.report;
        reader.read(Setting.OF_LATE);
        reader.checkPlainHttp(Setting.POLL_URL, allowHttp);
        boolean hasKey = reader.isSet(Setting.CALLBACK_KEY) || reader.isSet(Setting.CALLBACK_KEY_FILE);
        if (reader.isSet(Setting.CALLBACK_PATH) && !hasKey) {
            ConfigValue off = reader.explicitValue(Setting.CALLBACK_KEY);
            if (off == null) {
                String path = "callback-path" + reader.originOf(Setting.CALLBACK_PATH);
                report.missing(Setting.CALLBACK_KEY, "neither callback-key nor callback-key-file is set", path);
            } else {
                report.warning("PLAYTCHA-0049: callback-key is switched off by " + off.origin()
                        + ": anyone who can reach callback-path can deliver results.");
            }
        }
        boolean hasDir = reader.isSet(Setting.LATE_DIR);
        boolean hasDataSource = reader.isSet(Setting.LATE_DATASOURCE);
        Setting<?> user = Stream.of(Setting.CALLBACK_PATH, Setting.POLL_URL)
                .filter(reader::isSet)
                .findFirst()
                .orElse(null);
        boolean on = !owners.isEmpty() || user != null || hasDir || hasDataSource;
        if (!on && !uses.isEmpty()) {
            report.problem("PLAYTCHA-0047: late results are used by " + String.join(", ", uses)
                    + ", but nothing stores them; set late-dir to a folder for the embedded database, or"
                    + " late-datasource to the JNDI name of a database that all nodes share.");
        } else if (on && !hasDir && hasDataSource) {
            report.warning(
                    "PLAYTCHA-0048: late-datasource is set without late-dir: while the database is down, callbacks are"
                            + " answered with 503, and requests that are allowed without verification are not tracked;"
                            + " set late-dir to a folder of this node.");
        } else if (on && !hasDir) {
            report.missing(
                    Setting.LATE_DIR,
                    "neither late-dir nor late-datasource is set",
                    owners.isEmpty() && user != null
                            ? user + reader.originOf(user)
                            : "late-verdicts of " + owners.iterator().next());
        }
        return new LateSettings(on, reader.originOf(Setting.LATE_DIR), reader.values(Setting.OF_LATE));
    }

    /** Returns the value of a setting of late results. */
    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    /** Returns the keys of callbacks, one a line; empty if callbacks need none. */
    public Optional<SecretSource> callbackKeys() {
        return get(Setting.CALLBACK_KEY).or(() -> get(Setting.CALLBACK_KEY_FILE));
    }

    /** Returns the key of the poller; empty if none is sent. */
    public Optional<SecretSource> pollKey() {
        return get(Setting.POLL_KEY).or(() -> get(Setting.POLL_KEY_FILE));
    }

    /** Returns the effective settings in one line for the log, without any key, or {@code off}. */
    public String describe() {
        return isOn ? values.toString() : "off";
    }

    /** Returns the problem of a {@code late-dir} that turned out to be unusable; the reason is a clause. */
    public PlaytchaConfigurationException refuseDir(String reason) {
        return new PlaytchaConfigurationException(List.of(LogText.escape("PLAYTCHA-0007: late-dir = \""
                + get(Setting.LATE_DIR).orElse(null) + "\"" + dirOrigin + ": " + reason + ".")));
    }

    /** The time from tracking a task to its first poll. */
    public Duration firstPoll() {
        return get(get(Setting.CALLBACK_PATH).isPresent() ? Setting.CALLBACK_TIMEOUT : Setting.POLL_INTERVAL);
    }

    @Override
    public String toString() {
        return "late results: " + describe();
    }
}
