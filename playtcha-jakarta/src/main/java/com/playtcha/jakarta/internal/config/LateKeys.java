package com.playtcha.jakarta.internal.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The part of the settings table that is about late results (contract, sections 4 and 7). An application has one value
 * of each, wherever it stands.
 */
final class LateKeys {
    static final Setting<Optional<Path>> LATE_DIR = Setting.of(
            "late-dir",
            ProblemCode.LATE_DIR,
            "off",
            Parsers.orOff(LateParsers::folder),
            "a folder, which is made if it is not there, or `off`",
            "Where the embedded database and the dead-letter files are. Required for late results, unless"
                    + " `late-datasource` is set; with that, results that come while the database is down are kept"
                    + " here.");

    static final Setting<Optional<String>> LATE_DATASOURCE = Setting.of(
            "late-datasource",
            ProblemCode.LATE_DATASOURCE,
            "off",
            Parsers.orOff(LateParsers::jndiName),
            "a JNDI name such as `java:comp/env/jdbc/late` or `jdbc/late`, in visible ASCII, of no other scheme than"
                    + " `java:`, or `off`",
            "The `DataSource` that keeps late results, shared by all nodes. `off`: the embedded database in `late-dir`,"
                    + " for one process.");

    static final Setting<Optional<String>> CALLBACK_PATH = Setting.of(
            "callback-path",
            ProblemCode.CALLBACK_PATH,
            "off",
            Parsers.orOff(Urls::callbackPath),
            "a path within the application, such as `/pingback`: no pattern, no query, not `/`; or `off`",
            "Registers the servlet that takes results which another service calls back with.");

    static final Setting<Optional<String>> CALLBACK_KEY = Setting.of(
                    "callback-key",
                    ProblemCode.CALLBACK_KEY,
                    null,
                    Parsers.orOff(LateParsers::callbackKey),
                    "at least 16 characters, none of them a control character, or `off`",
                    "What a callback proves itself with, as parameter `key` or header `X-Callback-Key`. Required with"
                            + " `callback-path`; `off`, written out, takes results from anyone. Expressions are"
                            + " resolved in it, unlike in `secret`.")
            .shownAs(LateKeys::hidden);

    static final Setting<Optional<URI>> POLL_URL = Setting.of(
                    "poll-url",
                    ProblemCode.POLL_URL,
                    "off",
                    Parsers.orOff(Urls::pollUrl),
                    "a URL such as `https://host/res`, without user-info and fragment, or `off`",
                    "Where results are asked for that no callback brought. More parameters are appended to its query."
                            + " Plain `http` is for loopback hosts, or needs `allow-http=true`.")
            .shownAs(Texts::url);

    static final Setting<String> POLL_KEY = Setting.of(
                    "poll-key",
                    ProblemCode.POLL_KEY,
                    "off",
                    SecretSource::checked,
                    "the key, not blank, without control characters, or `off`",
                    "The key that `poll-url` is asked with; this or `poll-key-file`, not both at one level. Without either the"
                            + " question has no `key`, which is a warning unless `off` is written out. Expressions are"
                            + " resolved in it, unlike in `secret`.")
            .shownAs(LateKeys::hidden);

    static final Setting<Path> POLL_KEY_FILE = Setting.of(
                    "poll-key-file",
                    ProblemCode.POLL_KEY_FILE,
                    "off",
                    Parsers::path,
                    "a readable UTF-8 file of at most 64 KiB, or `off`",
                    "A file that holds that key (one trailing line break is dropped), looked at every 5 s.")
            .shownAs(Texts::secretFile);

    static final Setting<Duration> CALLBACK_TIMEOUT = duration(
            "callback-timeout",
            "PT120S",
            Duration.ofDays(30),
            "from 1 ms to 30 days (`720h`)",
            "How long a callback is waited for before `poll-url` is asked. Without `callback-path`, `poll-interval` is.");

    static final Setting<Duration> POLL_INTERVAL = duration(
            "poll-interval",
            "PT30S",
            Duration.ofDays(30),
            "from 1 ms to 30 days (`720h`)",
            "How long after a result that was not ready `poll-url` is asked again.");

    static final Setting<Duration> POLL_EXPIRY = duration(
            "poll-expiry",
            "PT1H",
            Duration.ofDays(30),
            "from 1 ms to 30 days (`720h`)",
            "How long after it was tracked a task without a result ends as `EXPIRED`. As a rule longer than"
                    + " `callback-timeout`, before which nothing is asked.");

    static final Setting<Duration> DEAD_LETTER_RETRY = duration(
            "dead-letter-retry",
            "PT5M",
            Duration.ofHours(1),
            "from 1 ms to 1 h",
            "When a dead letter is tried again for the first time; doubles to 1 h.");

    static final Setting<Integer> LATE_CONCURRENCY = Setting.of(
            "late-concurrency",
            ProblemCode.NUMBER,
            "8",
            Parsers.number(1, 1000),
            "a whole number from 1 to 1000",
            "The number of late-result handlers that run at once, per application and node.");

    static final Setting<Integer> LATE_MAX_UNTRACKED = Setting.of(
            "late-max-untracked",
            ProblemCode.NUMBER,
            "100000",
            Parsers.number(1, 10_000_000),
            "a whole number from 1 to 10000000",
            "The number of results with an id that was not tracked which the store keeps. Further ones go to `late-dir`.");

    static final Setting<Integer> LATE_DIR_MAX_FILES = Setting.of(
            "late-dir-max-files",
            ProblemCode.NUMBER,
            "10000",
            Parsers.number(1, 10_000_000),
            "a whole number from 1 to 10000000",
            "The most dead-letter files in `late-dir`. One more is refused, never another dropped.");

    static final Setting<Long> LATE_DIR_MAX_BYTES = Setting.of(
            "late-dir-max-bytes",
            ProblemCode.SIZE,
            "100 MiB",
            LateParsers::size,
            "a number of bytes, or of `KiB`, `MiB` or `GiB`, such as `100 MiB`, from 1 byte to 1024 GiB",
            "The most that dead-letter files in `late-dir` take together. What would exceed it is refused, and nothing"
                    + " is dropped for it.");

    /** In README's order. */
    static final List<Setting<?>> ALL = List.of(
            LATE_DIR,
            LATE_DATASOURCE,
            LATE_CONCURRENCY,
            LATE_MAX_UNTRACKED,
            CALLBACK_PATH,
            CALLBACK_KEY,
            POLL_URL,
            POLL_KEY,
            POLL_KEY_FILE,
            CALLBACK_TIMEOUT,
            POLL_INTERVAL,
            POLL_EXPIRY,
            DEAD_LETTER_RETRY,
            LATE_DIR_MAX_FILES,
            LATE_DIR_MAX_BYTES);

    private LateKeys() {}

    /** Whether an application has one value of it, and no guard its own. */
    static boolean contains(Setting<?> setting) {
        return ALL.contains(setting);
    }

    private static String hidden(String text) {
        return Parsers.isOff(text) ? text : Texts.HIDDEN;
    }

    private static Setting<Duration> duration(
            String key, String defaultText, Duration most, String range, String meaning) {
        return Setting.of(
                key,
                ProblemCode.DURATION,
                defaultText,
                Parsers.duration(Duration.ofMillis(1), most),
                "a duration with a unit, such as `PT30S`, `30s` or `5m`, " + range,
                meaning);
    }
}
