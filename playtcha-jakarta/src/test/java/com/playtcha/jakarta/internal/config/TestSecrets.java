package com.playtcha.jakarta.internal.config;

import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Secrets of files on any file system, with a clock that the test sets. */
public final class TestSecrets {
    private TestSecrets() {}

    public static SecretSource open(Path file, LongSupplier nanoTime) {
        return SecretSource.open(file, "secret-file", nanoTime);
    }
}
