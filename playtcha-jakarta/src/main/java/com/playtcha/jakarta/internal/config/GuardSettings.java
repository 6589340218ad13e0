package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.Duration;
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
 * @param values every value by its key, by which guards are compared
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
        Set<String> urlPatterns,
        Set<String> dispatchers,
        boolean lateVerdicts,
        Map<String, Object> values,
        String describe) {
    /** The guard that needs no declaration. */
    public static final String DEFAULT_NAME = "default";

    /**
     * The proxy for calls: the platform's, none, or a named one, which is called by plain HTTP (contract, section 4).
     *
     * @param host a name or an address, IPv6 without brackets
     * @param port 0 for the platform's and none
     * @param credentials user and password with a colon between, decoded; empty if the proxy asks for none
     */
    public record ProxySetting(String host, int port, String credentials) {

        /** The proxy of {@code https.proxyHost} and related properties, for https only; the default. */
        public static final ProxySetting PLATFORM = new ProxySetting("platform", 0, "");

        /** A direct connection, also where the platform has a proxy. */
        public static final ProxySetting NONE = new ProxySetting("off", 0, "");

        public boolean isNamed() {
            return port > 0;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ProxySetting that
                    && host.equals(that.host)
                    && port == that.port
                    && credentials.equals(that.credentials);
        }

        @Override
        public int hashCode() {
            return Objects.hash(host, port, credentials);
        }

        /** Never shows user or password. */
        @Override
        public String toString() {
            return isNamed() ? "proxy " + host + ":" + port : host;
        }
    }

    /**
     * Reads the settings of a guard or filter. A default stands for each invalid value.
     *
     * @param owner as problems name it, such as {@code filter 'signup'}
     * @param required whether a missing secret or base URL is a problem; never for a disabled guard
     */
    static GuardSettings read(String name, String source, String owner, SettingsReader reader, boolean required) {
        ProblemReport report = reader.report;
        reader.read(Setting.OF_GUARDS);
        Duration timeout = reader.get(Setting.TIMEOUT);
        if (reader.get(Setting.CONNECT_TIMEOUT).compareTo(timeout) > 0) {
            String reason = "it is longer than timeout = " + timeout + reader.from(Setting.TIMEOUT);
            reader.reject("PLAYTCHA-0023", Setting.CONNECT_TIMEOUT, reason);
            reader.replace(Setting.CONNECT_TIMEOUT, timeout);
        }
        reader.checkPlainHttp(Setting.BASE_URL, reader.get(Setting.ALLOW_HTTP));
        boolean enabled = reader.get(Setting.ENABLED);
        SecretSource secret = reader.getOrNull(Setting.SECRET);
        if (required && enabled) {
            if (!reader.isSet(Setting.SECRET) && !reader.isSet(Setting.SECRET_FILE)) {
                report.missing(Setting.SECRET, "neither secret nor secret-file is set", owner);
            }
            if (!reader.isSet(Setting.BASE_URL)) {
                report.missing(Setting.BASE_URL, "base-url is not set", owner);
            }
        } else if (required) {
            report.warning("PLAYTCHA-0035: " + owner + " is switched off by enabled = false"
                    + reader.from(Setting.ENABLED) + ": every request is allowed without verification.");
        }
        Map<String, Object> values = reader.values();
        // The name says it already.
        values.remove(Setting.GUARD.key);
        return new GuardSettings(
                name,
                source,
                enabled,
                secret == null ? reader.getOrNull(Setting.SECRET_FILE) : secret,
                reader.getOrNull(Setting.BASE_URL),
                reader.get(Setting.FAIL_CLOSED),
                reader.get(Setting.FAIL_OPEN_PER_MINUTE),
                reader.get(Setting.MISSING_TOKEN),
                timeout,
                reader.get(Setting.CONNECT_TIMEOUT),
                reader.get(Setting.MAX_CONCURRENT),
                reader.get(Setting.MAX_RETRY_AFTER),
                reader.get(Setting.BREAKER),
                reader.get(Setting.PROXY),
                reader.get(Setting.TOKEN_PARAM),
                reader.get(Setting.TOKEN_HEADER),
                reader.get(Setting.TOKEN_JSON_POINTER),
                reader.get(Setting.MAX_TOKEN_LENGTH),
                reader.get(Setting.MAX_BODY),
                reader.get(Setting.ENCODING),
                reader.get(Setting.SAFE_METHODS),
                reader.get(Setting.MODE),
                reader.get(Setting.FAILURE_PATH),
                reader.get(Setting.URL_PATTERNS),
                reader.get(Setting.DISPATCHERS),
                reader.get(Setting.LATE_VERDICTS),
                values,
                reader.describe());
    }

    /** Returns the secret of an enabled guard. */
    public SecretSource secret() {
        return Objects.requireNonNull(secretOrNull, "a disabled guard has no secret");
    }

    /** Returns the base URL of an enabled guard. */
    public URI baseUrl() {
        return Objects.requireNonNull(baseUrlOrNull, "a disabled guard has no base-url");
    }

    /** Returns whether calls go to this machine, such as to a stand-in. */
    public boolean isLoopback() {
        return baseUrlOrNull != null && Parsers.isLoopback(baseUrlOrNull);
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
