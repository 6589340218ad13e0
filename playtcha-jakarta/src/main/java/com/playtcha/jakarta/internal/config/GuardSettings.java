package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one guard (contract, section 4), checked and with every default filled in. Each component is
 * the key of its name. Immutable; only a secret in a file may change.
 *
 * @param source the name under which open items of this guard are found again after a restart (contract, section 7): the
 *     guard's, or {@code <guard>/<filter>} for a filter with settings of its own; at most 200 characters
 * @param secretOrNull null if it is not set, as for a disabled guard
 * @param baseUrlOrNull without a trailing slash; null if it is not set
 * @param failOpenPerMinute empty for unlimited
 * @param missingTokenByPolicy true for {@code missing-token=policy}
 * @param connectTimeout never longer than {@code timeout}
 * @param monitor true for {@code mode=monitor}
 * @param dispatchers names of {@code jakarta.servlet.DispatcherType}
 * @param values every value by its setting, by which guards are compared
 * @param describe the effective settings in one line for the log, without any secret
 */
public record GuardSettings(
        String name,
        String source,
        boolean enabled,
        @Nullable SecretSource secretOrNull,
        @Nullable URI baseUrlOrNull,
        boolean failClosed,
        OptionalInt failOpenPerMinute,
        boolean missingTokenByPolicy,
        Duration timeout,
        Duration connectTimeout,
        int maxConcurrent,
        Duration maxRetryAfter,
        boolean breaker,
        ProxySetting proxy,
        Optional<String> tokenParam,
        Optional<String> tokenHeader,
        Optional<JsonPointer> tokenJsonPointer,
        int maxTokenLength,
        int maxBody,
        Optional<Charset> encoding,
        Set<String> safeMethods,
        boolean monitor,
        Optional<String> failurePath,
        List<String> urlPatterns,
        Set<String> dispatchers,
        boolean lateVerdicts,
        Map<Setting<?>, Object> values,
        String describe) {
    /** The guard that needs no declaration. */
    public static final String DEFAULT_NAME = "default";

    /**
     * Reads the settings of a guard or filter. A default stands for each invalid value.
     *
     * @param owner as problems name it, such as {@code filter 'signup'}
     * @param required whether a missing secret or base URL is a problem; never for a disabled guard
     */
    static GuardSettings read(
            String name, String source, String owner, Lookup lookup, ProblemReport report, boolean required) {
        SettingsReader reader = new SettingsReader(lookup, report);
        boolean enabled = Boolean.TRUE.equals(reader.read(GuardKeys.ENABLED));
        SecretSource secret = reader.readSecret(GuardKeys.SECRET, GuardKeys.SECRET_FILE);
        for (Setting<?> setting : GuardKeys.ALL) {
            if (setting != GuardKeys.ENABLED && setting != GuardKeys.SECRET && setting != GuardKeys.SECRET_FILE) {
                reader.read(setting);
            }
        }
        clipConnectTimeout(reader, report);
        reader.checkPlainHttp(GuardKeys.BASE_URL, reader.get(GuardKeys.ALLOW_HTTP));
        if (required && enabled) {
            HttpClientVersions.check(report);
            if (secret == null && !reader.isInvalid(GuardKeys.SECRET) && !reader.isInvalid(GuardKeys.SECRET_FILE)) {
                report.missing(GuardKeys.SECRET, "neither secret nor secret-file is set", owner);
            }
            if (!reader.isSet(GuardKeys.BASE_URL)) {
                report.missing(GuardKeys.BASE_URL, "base-url is not set", owner);
            }
        } else if (required) {
            report.warning(
                    ProblemCode.SWITCHED_OFF,
                    owner + " is switched off by enabled = false" + reader.from(GuardKeys.ENABLED)
                            + ": every request is allowed without verification.");
        }
        reader.explain(GuardKeys.ALL);
        return new GuardSettings(
                name,
                source,
                enabled,
                secret,
                reader.getOrNull(GuardKeys.BASE_URL),
                reader.get(GuardKeys.FAIL_CLOSED),
                reader.get(GuardKeys.FAIL_OPEN_PER_MINUTE),
                reader.get(GuardKeys.MISSING_TOKEN),
                reader.get(GuardKeys.TIMEOUT),
                reader.get(GuardKeys.CONNECT_TIMEOUT),
                reader.get(GuardKeys.MAX_CONCURRENT),
                reader.get(GuardKeys.MAX_RETRY_AFTER),
                reader.get(GuardKeys.BREAKER),
                reader.get(GuardKeys.PROXY),
                reader.get(GuardKeys.TOKEN_PARAM),
                reader.get(GuardKeys.TOKEN_HEADER),
                reader.get(GuardKeys.TOKEN_JSON_POINTER),
                reader.get(GuardKeys.MAX_TOKEN_LENGTH),
                reader.get(GuardKeys.MAX_BODY),
                reader.get(GuardKeys.ENCODING),
                reader.get(GuardKeys.SAFE_METHODS),
                reader.get(GuardKeys.MODE),
                reader.get(GuardKeys.FAILURE_PATH),
                reader.get(GuardKeys.URL_PATTERNS),
                reader.get(GuardKeys.DISPATCHERS),
                reader.get(GuardKeys.LATE_VERDICTS),
                Map.copyOf(reader.values()),
                reader.describe());
    }

    private static void clipConnectTimeout(SettingsReader reader, ProblemReport report) {
        Duration timeout = reader.get(GuardKeys.TIMEOUT);
        Duration connect = reader.get(GuardKeys.CONNECT_TIMEOUT);
        if (connect.compareTo(timeout) <= 0) {
            return;
        }
        ConfigValue found = reader.given(GuardKeys.CONNECT_TIMEOUT);
        if (found != null) {
            report.invalid(
                    ProblemCode.CONNECT_TIMEOUT,
                    GuardKeys.CONNECT_TIMEOUT,
                    found,
                    "it is longer than timeout = " + timeout + reader.from(GuardKeys.TIMEOUT));
        }
        reader.put(GuardKeys.CONNECT_TIMEOUT, timeout, timeout.toString());
    }

    /** Throws an {@link IllegalStateException} if the guard is disabled and has none. */
    public SecretSource secret() {
        if (secretOrNull == null) {
            throw new IllegalStateException("guard '" + name + "' is disabled and has no secret");
        }
        return secretOrNull;
    }

    /** Throws an {@link IllegalStateException} if the guard is disabled and has none. */
    public URI baseUrl() {
        if (baseUrlOrNull == null) {
            throw new IllegalStateException("guard '" + name + "' is disabled and has no base-url");
        }
        return baseUrlOrNull;
    }

    boolean isComplete() {
        return secretOrNull != null && baseUrlOrNull != null;
    }

    /** Guards of one name with equal settings are equal, whatever their {@link #source()}. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GuardSettings that && name.equals(that.name) && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, values);
    }

    @Override
    public String toString() {
        return "guard '" + name + "': " + describe;
    }
}
