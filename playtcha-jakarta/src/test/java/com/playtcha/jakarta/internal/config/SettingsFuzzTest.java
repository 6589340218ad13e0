package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;

/**
 * Any settings are read or refused, and none shows the secret. Each line of an input is one setting; its first character
 * names the source.
 */
class SettingsFuzzTest extends FuzzTarget {
    SettingsFuzzTest() {
        super(
                4 << 20,
                // A guard's name of one letter, with its comma, stands for all settings of a guard, and their
                // explanation.
                300_000,
                "ctimeout=PT2S\nfmax-concurrent=8\nsconnect-timeout=500ms\neFAIL_CLOSED=1",
                "cguards=login,signup\ncguards.login.url-patterns=/login, /a/*\nfguard=signup",
                "cproxy=http://user:pw@[::1]:3128\nftoken-json-pointer=/a~1b/0\nfencoding=utf-16",
                "clate-verdicts=true\nclate-dir=late\nclate-dir-max-bytes=1 MiB\ncpoll-url=${a:${b:x}}",
                "cbase-url=http://localhost:80/v1/\nfallow-http=yes\nfmode=monitor\nfrate=\u00e4");
    }

    @Override
    protected void read(byte[] input) {
        Given given = Given.complete().filter("signup");
        for (String line : new String(input, StandardCharsets.ISO_8859_1).split("\n")) {
            int equals = line.indexOf('=');
            String key = equals < 1 ? "" : line.substring(1, equals);
            String value = line.substring(equals + 1);
            switch (line.isEmpty() ? ' ' : line.charAt(0)) {
                case 'c' -> given.contextParams.put("playtcha." + key, value);
                case 'f' -> given.filters.get("signup").put(key, value);
                case 's' -> given.systemProperty("playtcha." + key, value);
                default -> given.environment("PLAYTCHA_" + key, value);
            }
        }
        LoadedSettings loaded = given.builder().inspect();
        assertThat(loaded.problems().toString() + loaded.warnings() + loaded.explanation())
                .doesNotContain(Given.SECRET);
    }
}
