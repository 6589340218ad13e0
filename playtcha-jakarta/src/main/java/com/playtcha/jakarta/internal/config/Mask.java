package com.playtcha.jakarta.internal.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Hides the known secrets wherever they turn up: people put a secret under the wrong key. */
final class Mask {
    /** A shorter secret is likelier to be part of an ordinary word than to be quoted. */
    private static final int SHORTEST = 8;

    private final List<String> secrets;

    Mask(Collection<String> secrets) {
        // Most values are stripped, a secret is not. The longest goes first: another may be part of it.
        this.secrets = secrets.stream()
                .flatMap(secret -> Stream.of(secret, secret.strip()))
                .filter(secret -> secret.length() >= SHORTEST)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The text without secrets. */
    String hidden(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, "***");
        }
        return masked;
    }

    /** As {@link Texts#quoted}, without secrets. */
    String quoted(String value) {
        return Texts.quoted(hidden(value));
    }

    /** As {@link Texts#plain}, without secrets. */
    String plain(String value) {
        return Texts.plain(hidden(value));
    }
}
