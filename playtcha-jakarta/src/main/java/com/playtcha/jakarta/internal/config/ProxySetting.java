package com.playtcha.jakarta.internal.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The proxy for calls: the platform's, none, or a named one (contract, section 4). */
public sealed interface ProxySetting {

    /** The proxy of {@code https.proxyHost} and related properties, for https only; the default. */
    ProxySetting PLATFORM = Word.PLATFORM;

    /** A direct connection, also where the platform has a proxy. */
    ProxySetting NONE = Word.OFF;

    /** The values that are a word. */
    enum Word implements ProxySetting {
        /** {@link ProxySetting#PLATFORM}. */
        PLATFORM("platform"),
        /** {@link ProxySetting#NONE}. */
        OFF("off");

        private final String text;

        Word(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * A proxy that is called by plain HTTP.
     *
     * @param host a name or an address, IPv6 without brackets
     * @param user decoded; null if the proxy asks for no credentials
     * @param password decoded; null exactly if {@code user} is
     */
    record Explicit(
            String host,
            int port,
            @Nullable String user,
            @Nullable String password) implements ProxySetting {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Explicit that
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
            return "http://" + (user == null ? "" : "***@") + at + ":" + port;
        }
    }
}
