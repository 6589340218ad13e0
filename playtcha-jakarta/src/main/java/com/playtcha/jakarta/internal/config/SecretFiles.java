package com.playtcha.jakarta.internal.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Opens the files of one application's secrets, each once for the setting that names it. Not thread-safe. */
final class SecretFiles {
    private final LongSupplier nanoTime;
    private final Map<Setting<Path>, Map<Path, SecretSource>> opened = new HashMap<>();

    SecretFiles(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    SecretSource open(Setting<Path> setting, Path file) throws Refused {
        Map<Path, SecretSource> ofSetting = opened.computeIfAbsent(setting, key -> new HashMap<>());
        SecretSource known = ofSetting.get(file);
        if (known == null) {
            known = SecretSource.open(file, setting.key(), nanoTime);
            ofSetting.put(file, known);
        }
        return known;
    }
}
