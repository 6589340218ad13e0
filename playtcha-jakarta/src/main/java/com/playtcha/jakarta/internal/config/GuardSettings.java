package com.playtcha.jakarta.internal.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one guard (contract, section 4). Immutable; only a secret in a file may change.
 *
 * @param source the name under which open items of this guard are found again after a restart (contract, section 7), and
 *     under which sessions have its passes: the guard's, or {@code <guard>/<filter>} for a filter with settings of its own;
 *     at most 200 characters
 */
public record GuardSettings(String name, String source, SettingValues values) {
    /** The default of the test kit's stand-in. */
    private static final String TEST_SECRET = "test-secret";

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
     * @param owner as warnings name it, such as {@code guard 'signup'}, whatever uses it by now
     * @param user as problems name it, which may say what uses it
     * @param required whether a missing secret or base URL is a problem; never for a disabled guard
     */
    static GuardSettings read(
            String name, String source, String owner, String user, SettingsReader reader, boolean required) {
        ProblemReport report = reader.report;
        reader.read(Setting.OF_GUARDS);
        Duration timeout = reader.get(Setting.TIMEOUT);
        if (reader.get(Setting.CONNECT_TIMEOUT).compareTo(timeout) > 0) {
            String reason = "it is longer than timeout = " + timeout + reader.originOf(Setting.TIMEOUT);
            reader.reject("PLAYTCHA-0023", Setting.CONNECT_TIMEOUT, reason);
            reader.replace(Setting.CONNECT_TIMEOUT, timeout);
        }
        reader.checkPlainHttp(Setting.BASE_URL, reader.get(Setting.ALLOW_HTTP));
        boolean enabled = reader.get(Setting.ENABLED);
        if (required && enabled) {
            if (!reader.isSet(Setting.SECRET) && !reader.isSet(Setting.SECRET_FILE)) {
                report.missing(Setting.SECRET, "neither secret nor secret-file is set", user);
            }
            if (!reader.isSet(Setting.BASE_URL)) {
                report.missing(Setting.BASE_URL, "base-url is not set", user);
            }
            warnOfStandIn(reader, owner);
        } else if (required) {
            report.warning("PLAYTCHA-0035: " + owner + " is switched off by enabled = false"
                    + reader.originOf(Setting.ENABLED) + ": every request is allowed without verification.");
        }
        return new GuardSettings(name, source, reader.values(Setting.OF_GUARDS));
    }

    /** Warns of settings for tests that call another machine: they were probably left behind. */
    private static void warnOfStandIn(SettingsReader reader, String owner) {
        URI url = reader.get(Setting.BASE_URL).orElse(null);
        if (url == null || Parsers.isLoopback(url)) {
            return;
        }
        for (Setting<Optional<SecretSource>> setting : List.of(Setting.SECRET, Setting.SECRET_FILE)) {
            if (reader.get(setting)
                    .filter(secret -> secret.latest().equals(TEST_SECRET))
                    .isPresent()) {
                reader.report.warning("PLAYTCHA-0053: " + setting + reader.originOf(setting) + " of " + owner
                        + " is the secret of the stand-in for tests, but base-url is not on this machine; set the"
                        + " secret key of your project.");
            }
        }
        if ("http".equals(url.getScheme())) {
            reader.report.warning("PLAYTCHA-0054: base-url" + reader.originOf(Setting.BASE_URL) + " of " + owner
                    + " is plain http to another machine, as for a stand-in for tests: the secret is sent in clear"
                    + " text, and any server that answers there decides who is let in; write https.");
        }
    }

    /** Returns the name of the filter that registers itself for a guard with {@code url-patterns}. */
    public static String filterName(String guard) {
        return guard.equals(DEFAULT_NAME) ? "playtcha" : "playtcha-" + guard;
    }

    /** Returns the value of a setting of guards. */
    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    public boolean isEnabled() {
        return get(Setting.ENABLED);
    }

    /** Returns whether nothing is denied. */
    public boolean isMonitoring() {
        return get(Setting.MODE) == Setting.Mode.MONITOR;
    }

    /** Returns the secret of an enabled guard. */
    public SecretSource secret() {
        return get(Setting.SECRET).or(() -> get(Setting.SECRET_FILE)).orElseThrow();
    }

    /** Returns the base URL of an enabled guard, without a trailing slash. */
    public URI baseUrl() {
        return get(Setting.BASE_URL).orElseThrow();
    }

    /** Returns whether calls go to this machine, such as to a stand-in. */
    public boolean isLoopback() {
        return get(Setting.BASE_URL).filter(Parsers::isLoopback).isPresent();
    }

    boolean isComplete() {
        return get(Setting.BASE_URL).isPresent()
                && (get(Setting.SECRET).isPresent() || get(Setting.SECRET_FILE).isPresent());
    }

    /** Returns the effective settings in one line for the log, without any secret. */
    public String describe() {
        return values.toString();
    }

    /**
     * Guards of one name with equal settings are equal, whatever their {@link #source()} and their {@code url-patterns}:
     * a filter that names a guard does not inherit these, and shares its limits and passes all the same.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GuardSettings that
                && name.equals(that.name)
                && values.equalsExcept(Setting.URL_PATTERNS, that.values);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
