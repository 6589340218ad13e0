package com.playtcha.jakarta.internal.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way to Playtcha: the platform's proxy, none, or the one that is named (contract, section 4). */
public sealed interface ProxySetting {

    /** What {@code https.proxyHost} and its companions say, for https only; the default. */
    ProxySetting PLATFORM = Word.PLATFORM;

    /** No proxy, whatever the platform says. */
    ProxySetting NONE = Word.OFF;

    /** The settings that are a word. */
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
     * A named proxy, spoken to in plain HTTP.
     *
     * @param host a name or an address; IPv6 without brackets
     * @param port from 1 to 65535
     * @param user decoded; null where the proxy asks for no credentials
     * @param password decoded; null exactly where {@code user} is
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
