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
 * The effective settings of one guard (contract, section 4), checked and with every default filled in. Each accessor is
 * the key of its name. Immutable; only a secret in a file may change.
 */
public final class GuardSettings {
    /** The guard that needs no declaration. */
    public static final String DEFAULT_NAME = "default";

    private final String name;
    private final String source;
    private final @Nullable SecretSource secret;
    private final Map<Setting<?>, Object> values;
    private final String description;

    private GuardSettings(String name, String source, @Nullable SecretSource secret, SettingsReader reader) {
        this.name = name;
        this.source = source;
        this.secret = secret;
        this.values = Map.copyOf(reader.values());
        this.description = reader.describe();
    }

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
        GuardSettings settings = new GuardSettings(name, source, secret, reader);
        reader.checkPlainHttp(GuardKeys.BASE_URL, settings.get(GuardKeys.ALLOW_HTTP));
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
        return settings;
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

    public String name() {
        return name;
    }

    /**
     * The name under which open items of this guard are found again after a restart (contract, section 7): the guard's,
     * or {@code <guard>/<filter>} for a filter with settings of its own. At most 200 characters.
     */
    public String source() {
        return source;
    }

    public boolean enabled() {
        return get(GuardKeys.ENABLED);
    }

    /** Throws an {@link IllegalStateException} if the guard is disabled and has none. */
    public SecretSource secret() {
        if (secret == null) {
            throw new IllegalStateException("guard '" + name + "' is disabled and has no secret");
        }
        return secret;
    }

    /** Without a trailing slash. Throws an {@link IllegalStateException} if the guard is disabled and has none. */
    public URI baseUrl() {
        return optionalBaseUrl()
                .orElseThrow(() -> new IllegalStateException("guard '" + name + "' is disabled and has no base-url"));
    }

    boolean isComplete() {
        return secret != null && optionalBaseUrl().isPresent();
    }

    @SuppressWarnings("unchecked")
    private Optional<URI> optionalBaseUrl() {
        return (Optional<URI>) values.getOrDefault(GuardKeys.BASE_URL, Optional.empty());
    }

    public boolean failClosed() {
        return get(GuardKeys.FAIL_CLOSED);
    }

    /** Empty for unlimited. */
    public OptionalInt failOpenPerMinute() {
        return get(GuardKeys.FAIL_OPEN_PER_MINUTE);
    }

    /** True for {@code missing-token=policy}. */
    public boolean missingTokenByPolicy() {
        return get(GuardKeys.MISSING_TOKEN);
    }

    public Duration timeout() {
        return get(GuardKeys.TIMEOUT);
    }

    /** Never longer than {@link #timeout()}. */
    public Duration connectTimeout() {
        return get(GuardKeys.CONNECT_TIMEOUT);
    }

    public Duration maxRetryAfter() {
        return get(GuardKeys.MAX_RETRY_AFTER);
    }

    public int maxConcurrent() {
        return get(GuardKeys.MAX_CONCURRENT);
    }

    public int maxTokenLength() {
        return get(GuardKeys.MAX_TOKEN_LENGTH);
    }

    public int maxBody() {
        return get(GuardKeys.MAX_BODY);
    }

    public boolean breaker() {
        return get(GuardKeys.BREAKER);
    }

    public ProxySetting proxy() {
        return get(GuardKeys.PROXY);
    }

    public Optional<String> tokenParam() {
        return get(GuardKeys.TOKEN_PARAM);
    }

    public Optional<String> tokenHeader() {
        return get(GuardKeys.TOKEN_HEADER);
    }

    public Optional<JsonPointer> tokenJsonPointer() {
        return get(GuardKeys.TOKEN_JSON_POINTER);
    }

    public Optional<Charset> encoding() {
        return get(GuardKeys.ENCODING);
    }

    public Set<String> safeMethods() {
        return get(GuardKeys.SAFE_METHODS);
    }

    /** True for {@code mode=monitor}. */
    public boolean monitor() {
        return get(GuardKeys.MODE);
    }

    public Optional<String> failurePath() {
        return get(GuardKeys.FAILURE_PATH);
    }

    public List<String> urlPatterns() {
        return get(GuardKeys.URL_PATTERNS);
    }

    /** Names of {@code jakarta.servlet.DispatcherType}. */
    public Set<String> dispatchers() {
        return get(GuardKeys.DISPATCHERS);
    }

    public boolean lateVerdicts() {
        return get(GuardKeys.LATE_VERDICTS);
    }

    /** Returns the effective settings in one line for the log, without any secret. */
    public String describe() {
        return description;
    }

    @SuppressWarnings("unchecked")
    private <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(values.get(setting), setting.key);
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
        return "guard '" + name + "': " + description;
    }
}
