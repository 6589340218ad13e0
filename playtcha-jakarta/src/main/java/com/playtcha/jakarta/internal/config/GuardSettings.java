package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one guard (contract, section 4): every default filled in, every value checked. Immutable;
 * only the secret may change, if it stands in a file. Each accessor is the key of its name.
 */
public final class GuardSettings {
    /** The guard that needs no declaration. */
    public static final String DEFAULT_NAME = "default";

    private final String name;
    private final String source;
    private final @Nullable SecretSource secret;
    private final Map<String, Object> values;
    private final Map<String, String> shown;

    /**
     * Takes what {@link GuardReader} found.
     *
     * @param source not compared: guards with equal settings are one
     * @param values by key; every setting of a guard but {@code secret}, {@code secret-file} and perhaps {@code base-url}
     * @param shown what {@link #describe()} shows, in order
     */
    GuardSettings(
            String name,
            String source,
            @Nullable SecretSource secret,
            Map<String, Object> values,
            Map<String, String> shown) {
        this.name = name;
        this.source = source;
        this.secret = secret;
        this.values = Map.copyOf(values);
        this.shown = shown;
    }

    /**
     * Settings given in code, for the guard {@value #DEFAULT_NAME}.
     *
     * @param values by key, as an init-param is named; an empty value is not set; no expressions
     * @return the effective settings
     * @throws PlaytchaConfigurationException with every problem
     */
    public static GuardSettings of(Map<String, String> values) {
        return of(DEFAULT_NAME, values);
    }

    /**
     * Settings given in code.
     *
     * @param name of the guard
     * @param values by key, as an init-param is named; an empty value is not set; no expressions
     * @return the effective settings
     * @throws PlaytchaConfigurationException with every problem
     */
    public static GuardSettings of(String name, Map<String, String> values) {
        Report report = new Report();
        GuardSettings settings = new GuardReader(
                        name,
                        SourceName.ofGuard(name),
                        mask -> "guard '" + mask.plain(name) + "'",
                        Lookup.ofValues(values),
                        new SecretFiles(System::nanoTime))
                .read(report, true);
        KeyCheck.values(values.keySet(), report);
        if (report.hasProblems() && settings.enabled()) {
            throw new PlaytchaConfigurationException(report.problems());
        }
        return settings;
    }

    /**
     * The guard's name.
     *
     * @return {@value #DEFAULT_NAME} for the one without
     */
    public String name() {
        return name;
    }

    /**
     * The name under which the unfinished business of this guard is found again after a restart (contract, section 7):
     * the guard's, or {@code <guard>/<filter>} for a filter that has settings of its own. Equal settings may have
     * different ones.
     *
     * @return at most 200 characters; the same for the same guard and filter each time
     * @since 0.1
     */
    public String source() {
        return source;
    }

    /**
     * The kill switch.
     *
     * @return false where nothing is to be verified
     */
    public boolean enabled() {
        return get(Settings.ENABLED);
    }

    /**
     * The secret key.
     *
     * @return where the secret is had
     * @throws IllegalStateException where the guard is disabled and has none
     */
    public SecretSource secret() {
        if (secret == null) {
            throw new IllegalStateException("guard '" + name + "' is disabled and has no secret");
        }
        return secret;
    }

    /**
     * Where Playtcha is.
     *
     * @return without a slash at its end, with its path prefix
     * @throws IllegalStateException where the guard is disabled and has none
     */
    public URI baseUrl() {
        if (!hasBaseUrl()) {
            throw new IllegalStateException("guard '" + name + "' is disabled and has no base-url");
        }
        return get(Settings.BASE_URL);
    }

    boolean isComplete() {
        return secret != null && hasBaseUrl();
    }

    private boolean hasBaseUrl() {
        return values.containsKey(Settings.BASE_URL.key());
    }

    /**
     * The policy for an unavailable Playtcha.
     *
     * @return true where such a request is denied
     */
    public boolean failClosed() {
        return get(Settings.FAIL_CLOSED);
    }

    /**
     * The fail-open budget.
     *
     * @return unverified passes allowed in a sliding minute; empty for unlimited
     */
    public OptionalInt failOpenPerMinute() {
        return get(Settings.FAIL_OPEN_PER_MINUTE);
    }

    /**
     * What a missing token means while the breaker is open.
     *
     * @return true where it counts as unavailable
     */
    public boolean missingTokenByPolicy() {
        return get(Settings.MISSING_TOKEN);
    }

    /**
     * The deadline.
     *
     * @return from 1 ms to 24 h
     */
    public Duration timeout() {
        return get(Settings.TIMEOUT);
    }

    /**
     * How long connecting may take.
     *
     * @return never above {@link #timeout()}
     */
    public Duration connectTimeout() {
        return get(Settings.CONNECT_TIMEOUT);
    }

    /**
     * The longest throttle window.
     *
     * @return at least one second
     */
    public Duration maxRetryAfter() {
        return get(Settings.MAX_RETRY_AFTER);
    }

    /**
     * Verifications in flight.
     *
     * @return from 1 to 10,000
     */
    public int maxConcurrent() {
        return get(Settings.MAX_CONCURRENT);
    }

    /**
     * The longest token.
     *
     * @return characters, from 1 to 65,536
     */
    public int maxTokenLength() {
        return get(Settings.MAX_TOKEN_LENGTH);
    }

    /**
     * The largest JSON body that is buffered.
     *
     * @return bytes, from 1 to 1 GiB
     */
    public int maxBody() {
        return get(Settings.MAX_BODY);
    }

    /**
     * Whether there is a breaker.
     *
     * @return true by default
     */
    public boolean breaker() {
        return get(Settings.BREAKER);
    }

    /**
     * The way to Playtcha.
     *
     * @return {@link ProxySetting#PLATFORM} by default
     */
    public ProxySetting proxy() {
        return get(Settings.PROXY);
    }

    /**
     * The parameter that carries the token.
     *
     * @return empty where it is off
     */
    public Optional<String> tokenParam() {
        return get(Settings.TOKEN_PARAM);
    }

    /**
     * The header that carries the token.
     *
     * @return empty where it is off
     */
    public Optional<String> tokenHeader() {
        return get(Settings.TOKEN_HEADER);
    }

    /**
     * Where the token stands in a JSON body.
     *
     * @return empty where it is off
     */
    public Optional<JsonPointer> tokenJsonPointer() {
        return get(Settings.TOKEN_JSON_POINTER);
    }

    /**
     * The encoding of parameters where nothing else names one.
     *
     * @return empty where it is off
     */
    public Optional<Charset> encoding() {
        return get(Settings.ENCODING);
    }

    /**
     * The methods that are not guarded.
     *
     * @return unmodifiable, in their exact case; empty where every method is guarded
     */
    public Set<String> safeMethods() {
        return get(Settings.SAFE_METHODS);
    }

    /**
     * Whether the guard only watches.
     *
     * @return true for {@code mode=monitor}
     */
    public boolean monitor() {
        return get(Settings.MODE);
    }

    /**
     * Where a denied request is forwarded to.
     *
     * @return empty where it is off
     */
    public Optional<String> failurePath() {
        return get(Settings.FAILURE_PATH);
    }

    /**
     * The patterns that this guard registers a filter for.
     *
     * @return unmodifiable; empty where it registers none
     */
    public List<String> urlPatterns() {
        return get(Settings.URL_PATTERNS);
    }

    /**
     * The dispatcher types of the filter that this guard registers.
     *
     * @return unmodifiable names of {@code jakarta.servlet.DispatcherType}; at least one
     */
    public Set<String> dispatchers() {
        return get(Settings.DISPATCHERS);
    }

    /**
     * Whether a request that was let through unverified is asked about again (contract, section 7).
     *
     * @return false by default; where it is true, {@link LoadedSettings#late()} is on
     * @since 0.1
     */
    public boolean lateVerdicts() {
        return get(Settings.LATE_VERDICTS);
    }

    /**
     * The effective settings for the log.
     *
     * @return one line of {@code key=value, ...}, without secret and proxy password
     */
    public String describe() {
        Mask mask = new Mask(secret == null ? Set.of() : Set.of(secret.latest()));
        return shown.entrySet().stream()
                .map(e ->
                        e.getKey() + "=" + Texts.plain(mask.hidden(e.getValue()).replaceAll(",\\s+", ",")))
                .collect(Collectors.joining(", "));
    }

    @SuppressWarnings("unchecked")
    private <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(values.get(setting.key()), setting.key());
    }

    /** Equal settings of guards of one name. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GuardSettings that
                && name.equals(that.name)
                && Objects.equals(secret, that.secret)
                && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, values);
    }

    /** {@link #describe()}, with the guard's name. */
    @Override
    public String toString() {
        return "guard '" + name + "': " + describe();
    }
}
