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
            .allows("a folder, which is created if it does not exist, or `off`")
            .means("The folder of the embedded database and of the spool. Required for late results unless"
                    + " `late-datasource` is set. With a data source, results are spooled here while the"
                    + " database is down."));

    static final Setting<Optional<String>> LATE_DATASOURCE =
            late(Setting.optional("late-datasource", "off", Parsers::jndiName)
                    .allows("a JNDI name such as `java:comp/env/jdbc/late` or `jdbc/late`, in visible ASCII, with"
                            + " no other scheme than `java:`, or `off`")
                    .means("The JNDI name of the `DataSource` that stores late results and is shared by all nodes."
                            + " With `off`, the embedded database in `late-dir` stores them, for one process."));

    static final Setting<Integer> LATE_CONCURRENCY = late(Setting.number("late-concurrency", "8", 1, 1000)
            .means("The number of late-result handlers that run at once, per application and node."));

    static final Setting<Integer> LATE_MAX_UNTRACKED =
            late(Setting.number("late-max-untracked", "100000", 1, 10_000_000)
                    .means("The number of waiting results whose id was not tracked. Further ones are spooled in"
                            + " `late-dir`, and past its bounds callbacks are answered with 503. Dead letters do not"
                            + " count."));

    static final Setting<Optional<String>> CALLBACK_PATH =
            late(Setting.optional("callback-path", "off", UrlParsers::callbackPath)
                    .allows("a path within the application, such as `/pingback`, without a pattern or a query, and"
                            + " not `/`, or `off`")
                    .means("Registers the servlet that receives results as callbacks of another service."));

    static final Setting<Optional<String>> CALLBACK_KEY =
            late(Setting.optional("callback-key", null, Parsers::callbackKey)
                    .allows("at least 16 characters, none of them a control character, or `off`")
                    .means("The key that a callback must carry, as parameter `key` or header `X-Callback-Key`."
                            + " Required with `callback-path`. `off` must be written out and accepts results from"
                            + " anyone. Expressions are resolved in it, unlike in `secret`.")
                    .shownAs(Redaction::secret));

    static final Setting<Optional<URI>> POLL_URL = late(Setting.optional("poll-url", "off", UrlParsers::pollUrl)
            .allows("a URL such as `https://host/res`, without user-info and fragment, or `off`")
            .means("The address that is polled for results which no callback delivered. Parameters are"
                    + " appended to its query. Plain `http` is allowed for loopback hosts or with"
                    + " `allow-http=true`.")
            .shownAs(Redaction::url));

    static final Setting<String> POLL_KEY = late(new Setting<>("poll-key", "off", SecretSource::checked)
            .allows("the key, not blank, without control characters, or `off`")
            .means("The key that is sent to `poll-url`. Setting both this and `poll-key-file` is a"
                    + " problem. Without either, no `key` is sent, which is a warning unless `off` is written"
                    + " out. Expressions are resolved in it, unlike in `secret`.")
            .shownAs(Redaction::secret));

    static final Setting<Path> POLL_KEY_FILE = late(new Setting<>("poll-key-file", "off", Parsers::path)
            .allows("a readable UTF-8 file of at most 64 KiB, or `off`")
            .means("A file that holds the poll key; one trailing line break is dropped. It is read again"
                    + " every 5 s.")
            .shownAs(Redaction::secretFile));

    static final Setting<Duration> CALLBACK_TIMEOUT =
            late(Setting.duration("callback-timeout", "PT120S", SHORTEST, LONGEST)
                    .means("The time from tracking a task to its first poll, in which a callback can arrive."
                            + " Without `callback-path`, `poll-interval` is used instead."));

    static final Setting<Duration> POLL_INTERVAL = late(Setting.duration("poll-interval", "PT30S", SHORTEST, LONGEST)
            .means("The time between two polls of a task whose result is not ready."));

    static final Setting<Duration> POLL_EXPIRY = late(Setting.duration("poll-expiry", "PT1H", SHORTEST, LONGEST)
            .means("The time from tracking a task to its end as `EXPIRED` if it has no result. It should"
                    + " be longer than `callback-timeout`, because a task is not polled before that."));

    static final Setting<Duration> DEAD_LETTER_RETRY =
            late(Setting.duration("dead-letter-retry", "PT5M", SHORTEST, Duration.ofHours(1))
                    .means("The time until a dead letter is retried for the first time. It doubles with each"
                            + " retry, to at most 1 h."));

    static final Setting<Integer> LATE_DIR_MAX_FILES = late(Setting.number("late-dir-max-files", "10000", 1, 10_000_000)
            .means("The number of results that are spooled in `late-dir` while the store is down. Further"
                    + " ones are refused; none is evicted."));

    static final Setting<Long> LATE_DIR_MAX_BYTES = late(new Setting<>("late-dir-max-bytes", "100 MiB", Parsers::size)
            .allows("a number of bytes, or of `KiB`, `MiB` or `GiB`, such as `100 MiB`, from 1 byte to 1024" + " GiB")
            .means("The total size of the results that are spooled in `late-dir`. What would exceed it is"
                    + " refused; nothing is evicted."));

    static final Setting<List<String>> GUARDS = new Setting<>("guards", "off", Parsers::guardNames)
            .allows("a list of names, each once: a lower-case letter, then lower-case letters and digits;"
                    + " not `default`")
            .means("Declares guards with settings of their own: `guards.<name>.<key>` is read before" + " `<key>`.")
            .onlyAt(Scope.APPLICATION);

    /** The settings of late results. */
    static final List<Setting<?>> LATE = Collections.unmodifiableList(SETTINGS);

    private ApplicationKeys() {}

    private static <T> Setting<T> late(Setting<T> setting) {
        SETTINGS.add(setting);
        return setting.onlyAt(Scope.APPLICATION);
    }
}
