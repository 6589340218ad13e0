package com.playtcha.jakarta.internal.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The proxy for calls: the platform's, none, or a named one, which is called by plain HTTP (contract, section 4).
 *
 * @param host a name or an address, IPv6 without brackets
 * @param port 0 for the platform's and none
 * @param user decoded; null if the proxy asks for no credentials
 * @param password decoded; null exactly if {@code user} is
 */
public record ProxySetting(
        String host,
        int port,
        @Nullable String user,
        @Nullable String password) {

    /** The proxy of {@code https.proxyHost} and related properties, for https only; the default. */
    public static final ProxySetting PLATFORM = new ProxySetting("platform", 0, null, null);

    /** A direct connection, also where the platform has a proxy. */
    public static final ProxySetting NONE = new ProxySetting("off", 0, null, null);

    public boolean isNamed() {
        return port > 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProxySetting that
                && host.equals(that.host)
                && port == that.port
                && Objects.equals(user, that.user)
                && Objects.equals(password, that.password);
    }

    @Override
    public int hashCode() {
        return Objects.hash(host, port, user, password);
    }

    /** Never shows user or password. */
    @Override
    public String toString() {
        String at = host.contains(":") ? "[" + host + "]" : host;
        return isNamed() ? "http://" + (user == null ? "" : "***@") + at + ":" + port : host;
    }
}
