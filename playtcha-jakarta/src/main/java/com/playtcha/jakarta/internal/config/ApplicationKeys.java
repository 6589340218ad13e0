package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The settings of which an application has one each (contract, sections 4 and 7), in the order of the documentation. */
final class ApplicationKeys {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final List<Setting<?>> SETTINGS = new ArrayList<>();

    static final Setting<Optional<Path>> LATE_DIR = late(Setting.optional("late-dir", "off", Parsers::folder)
            .allows("a folder, which is created if it does not exist, or `off`"));

    static final Setting<Optional<String>> LATE_DATASOURCE =
            late(Setting.optional("late-datasource", "off", Parsers::jndiName)
                    .allows("a JNDI name such as `java:comp/env/jdbc/late` or `jdbc/late`, in visible ASCII, with"
                            + " no other scheme than `java:`, or `off`"));

    static final Setting<Integer> LATE_CONCURRENCY = late(Setting.number("late-concurrency", "8", 1, 1000));

    static final Setting<Integer> LATE_MAX_UNTRACKED =
            late(Setting.number("late-max-untracked", "100000", 1, 10_000_000));

    static final Setting<Optional<String>> CALLBACK_PATH =
            late(Setting.optional("callback-path", "off", UrlParsers::callbackPath)
                    .allows("a path within the application, such as `/pingback`, without a pattern or a query, and"
                            + " not `/`, or `off`"));

    static final Setting<Optional<String>> CALLBACK_KEY =
            late(Setting.optional("callback-key", null, Parsers::callbackKey)
                    .allows("at least 16 characters, none of them a control character, or `off`")
                    .shownAs(Redaction::secret));

    static final Setting<Optional<URI>> POLL_URL = late(Setting.optional("poll-url", "off", UrlParsers::pollUrl)
            .allows("a URL such as `https://host/res`, without user-info and fragment, or `off`")
            .shownAs(Redaction::url));

    static final Setting<String> POLL_KEY = late(new Setting<>("poll-key", "off", SecretSource::checked)
            .allows("the key, not blank, without control characters, or `off`")
            .shownAs(Redaction::secret));

    static final Setting<Path> POLL_KEY_FILE = late(new Setting<>("poll-key-file", "off", Parsers::path)
            .allows("a readable UTF-8 file of at most 64 KiB, or `off`")
            .shownAs(Redaction::secretFile));

    static final Setting<Duration> CALLBACK_TIMEOUT =
            late(Setting.duration("callback-timeout", "PT120S", SHORTEST, LONGEST));

    static final Setting<Duration> POLL_INTERVAL = late(Setting.duration("poll-interval", "PT30S", SHORTEST, LONGEST));

    static final Setting<Duration> POLL_EXPIRY = late(Setting.duration("poll-expiry", "PT1H", SHORTEST, LONGEST));

    static final Setting<Duration> DEAD_LETTER_RETRY =
            late(Setting.duration("dead-letter-retry", "PT5M", SHORTEST, Duration.ofHours(1)));

    static final Setting<Integer> LATE_DIR_MAX_FILES =
            late(Setting.number("late-dir-max-files", "10000", 1, 10_000_000));

    static final Setting<Long> LATE_DIR_MAX_BYTES = late(new Setting<>("late-dir-max-bytes", "100 MiB", Parsers::size)
            .allows("a number of bytes, or of `KiB`, `MiB` or `GiB`, such as `100 MiB`, from 1 byte to 1024" + " GiB"));

    static final Setting<List<String>> GUARDS = new Setting<>("guards", "off", Parsers::guardNames)
            .allows("a list of names, each once: a lower-case letter, then lower-case letters and digits;"
                    + " not `default`")
            .onlyAt(Scope.APPLICATION);

    static final Setting<Boolean> METRICS = Setting.bool("metrics", "true").onlyAt(Scope.APPLICATION);

    static final Setting<Boolean> HEALTH = Setting.bool("health", "false").onlyAt(Scope.APPLICATION);

    /** The settings of late results. */
    static final List<Setting<?>> LATE = Collections.unmodifiableList(SETTINGS);

    private ApplicationKeys() {}

    private static <T> Setting<T> late(Setting<T> setting) {
        SETTINGS.add(setting);
        return setting.onlyAt(Scope.APPLICATION);
    }
}
