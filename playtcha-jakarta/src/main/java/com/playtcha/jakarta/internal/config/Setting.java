package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The settings table (contract, section 4): each row is a key with its default, its parser, what is allowed, and where it
 * may be set. docs/settings.md says what it means.
 */
final class Setting<T> {
    private static final List<Setting<?>> ROWS = new ArrayList<>();
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MONTH = Duration.ofDays(30);

    /** Taken as written: neither trimmed nor searched for expressions. */
    static final Setting<Optional<SecretSource>> SECRET = optional("secret", null, SecretSource::fixed)
            .allows("the secret key, not blank, without control characters");

    static final Setting<Optional<SecretSource>> SECRET_FILE = optional(
                    "secret-file", null, file -> SecretSource.open(Parsers.path(file), "secret-file"))
            .allows("a readable UTF-8 file of at most 64 KiB");

    static final Setting<Optional<URI>> BASE_URL = optional("base-url", null, Parsers::baseUrl)
            .allows("a URL such as `https://host` or `https://host/prefix`, without user-info, query and fragment");

    static final Setting<Boolean> ALLOW_HTTP = bool("allow-http", "false");
    static final Setting<Boolean> FAIL_CLOSED = bool("fail-closed", "false");

    static final Setting<OptionalInt> FAIL_OPEN_PER_MINUTE = of("fail-open-per-minute", "unlimited", Parsers::limit)
            .allows("`unlimited` or `off`, or a whole number from 0");

    static final Setting<Boolean> MISSING_TOKEN = either("missing-token", "deny", "policy");
    static final Setting<Duration> TIMEOUT = duration("timeout", "PT2S", MILLI, DAY);
    static final Setting<Duration> CONNECT_TIMEOUT = duration("connect-timeout", "PT1S", MILLI, DAY);
    static final Setting<Integer> MAX_CONCURRENT = number("max-concurrent", "64", 1, 10_000);
    static final Setting<Duration> MAX_RETRY_AFTER = duration("max-retry-after", "PT5M", Duration.ofSeconds(1), DAY);
    static final Setting<Boolean> BREAKER = bool("breaker", "true");

    static final Setting<ProxySetting> PROXY = of("proxy", "platform", Parsers::proxy)
            .allows("`platform`, `off` or `http://[user:password@]host:port` with percent-encoded user and password");

    static final Setting<Optional<String>> TOKEN_PARAM = optional(
                    "token-param", "playtcha-response", Parsers::withoutControls)
            .allows("the name of a parameter, or `off`");

    static final Setting<Optional<String>> TOKEN_HEADER = optional(
                    "token-header", "X-Playtcha-Token", Parsers::httpToken)
            .allows("the name of a header (a token of RFC 9110), or `off`");

    static final Setting<Optional<JsonPointer>> TOKEN_JSON_POINTER = optional(
                    "token-json-pointer", "off", Parsers::pointer)
            .allows("a JSON Pointer (RFC 6901) such as `/playtchaToken`, or `off`");

    static final Setting<Integer> MAX_TOKEN_LENGTH = number("max-token-length", "4096", 1, 65_536);
    static final Setting<Integer> MAX_BODY = number("max-body", "1048576", 1, 1 << 30);

    static final Setting<Optional<Charset>> ENCODING =
            optional("encoding", "UTF-8", Parsers::charset).allows("the name of a charset, or `off`");

    static final Setting<Set<String>> SAFE_METHODS = of(
                    "safe-methods", "GET, HEAD, OPTIONS, TRACE", Parsers.list(Parsers::httpToken))
            .allows("a list of HTTP methods, in their exact case, or `off`");

    static final Setting<Boolean> MODE = either("mode", "enforce", "monitor");

    static final Setting<Optional<String>> FAILURE_PATH = optional("failure-path", "off", Parsers::failurePath)
            .allows("a path within the application that starts with `/`, or `off`");

    /** Not inherited: a guard or filter does not take the value of the level above. */
    static final Setting<Set<String>> URL_PATTERNS = of("url-patterns", "off", Parsers.list(Parsers::urlPattern))
            .allows("a list of servlet patterns of the forms `/exact`, `/prefix/*`, `*.ext` and `/`, or `off`");

    static final Setting<Set<String>> DISPATCHERS = of("dispatchers", "REQUEST", Parsers::dispatchers)
            .allows("a list of `REQUEST`, `FORWARD`, `INCLUDE`, `ERROR` and `ASYNC`");

    static final Setting<Boolean> ENABLED = bool("enabled", "true");
    static final Setting<Boolean> LATE_VERDICTS = bool("late-verdicts", "false");

    static final Setting<Optional<Path>> LATE_DIR = optional("late-dir", "off", Parsers::folder)
            .allows("a folder, which is created if it does not exist, or `off`");

    static final Setting<Optional<String>> LATE_DATASOURCE = optional("late-datasource", "off", Parsers::jndiName)
            .allows("a JNDI name such as `java:comp/env/jdbc/late` or `jdbc/late`, in visible ASCII, with no other"
                    + " scheme than `java:`, or `off`");

    static final Setting<Integer> LATE_CONCURRENCY = number("late-concurrency", "8", 1, 1000);
    static final Setting<Integer> LATE_MAX_UNTRACKED = number("late-max-untracked", "100000", 1, 10_000_000);

    static final Setting<Optional<String>> CALLBACK_PATH = optional("callback-path", "off", Parsers::callbackPath)
            .allows("a path within the application, such as `/pingback`, without a pattern or a query, and not `/`,"
                    + " or `off`");

    static final Setting<Optional<String>> CALLBACK_KEY = optional("callback-key", null, Parsers::callbackKey)
            .allows("at least 16 characters, none of them a control character, or `off`");

    static final Setting<Optional<URI>> POLL_URL = optional("poll-url", "off", Parsers::pollUrl)
            .allows("a URL such as `https://host/res`, without user-info and fragment, or `off`");

    static final Setting<Optional<SecretSource>> POLL_KEY = optional("poll-key", "off", SecretSource::fixed)
            .allows("the key, not blank, without control characters, or `off`");

    static final Setting<Optional<SecretSource>> POLL_KEY_FILE = optional(
                    "poll-key-file", "off", file -> SecretSource.open(Parsers.path(file), "poll-key-file"))
            .allows("a readable UTF-8 file of at most 64 KiB, or `off`");

    static final Setting<Duration> CALLBACK_TIMEOUT = duration("callback-timeout", "PT120S", MILLI, MONTH);
    static final Setting<Duration> POLL_INTERVAL = duration("poll-interval", "PT30S", MILLI, MONTH);
    static final Setting<Duration> POLL_EXPIRY = duration("poll-expiry", "PT1H", MILLI, MONTH);
    static final Setting<Duration> DEAD_LETTER_RETRY =
            duration("dead-letter-retry", "PT5M", MILLI, Duration.ofHours(1));
    static final Setting<Integer> LATE_DIR_MAX_FILES = number("late-dir-max-files", "10000", 1, 10_000_000);

    static final Setting<Long> LATE_DIR_MAX_BYTES = of("late-dir-max-bytes", "100 MiB", Parsers::size)
            .allows("a number of bytes, or of `KiB`, `MiB` or `GiB`, such as `100 MiB`, from 1 byte to 1024 GiB");

    static final Setting<Boolean> METRICS = bool("metrics", "true");
    static final Setting<Boolean> HEALTH = bool("health", "false");

    static final Setting<Set<String>> GUARDS = of("guards", "off", Parsers::guardNames)
            .allows("a list of names: a lower-case letter, then lower-case letters and digits; not" + " `default`");

    static final Setting<String> GUARD =
            of("guard", GuardSettings.DEFAULT_NAME, Parsers::guardName).allows("a name that `guards` declares");

    /** Every setting, in the order of docs/settings.md. */
    static final List<Setting<?>> ALL = Collections.unmodifiableList(ROWS);

    /** The settings of a guard or filter. */
    static final List<Setting<?>> OF_GUARDS = ALL.subList(0, ALL.indexOf(LATE_DIR));

    /** The settings of late results, of which an application has one each. */
    static final List<Setting<?>> OF_LATE = ALL.subList(ALL.indexOf(LATE_DIR), ALL.indexOf(METRICS));

    static {
        OF_LATE.forEach(setting -> setting.scopes = EnumSet.of(Scope.APPLICATION));
        List.of(METRICS, HEALTH, GUARDS).forEach(setting -> setting.scopes = EnumSet.of(Scope.APPLICATION));
        List.of(URL_PATTERNS, DISPATCHERS)
                .forEach(setting -> setting.scopes = EnumSet.of(Scope.APPLICATION, Scope.GUARD));
        GUARD.scopes = EnumSet.of(Scope.INIT_PARAM);
    }

    final String key;
    final @Nullable String defaultText;
    /** Throws an {@link InvalidValueException} for a text that is not allowed. */
    final Function<String, T> parser;
    /** A noun phrase in Markdown. */
    String allowed = "";

    Set<Scope> scopes = EnumSet.allOf(Scope.class);

    /** Where a key may be set, the most specific place first. */
    enum Scope {
        /** An {@code init-param} of a declared filter. */
        INIT_PARAM,
        /** {@code playtcha.guards.<name>.<key>}. */
        GUARD,
        /** {@code playtcha.<key>}. */
        APPLICATION
    }

    /** Thrown for a text that a setting does not allow. The message never quotes the text. */
    static final class InvalidValueException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Takes a clause without a full stop. */
        InvalidValueException(String message) {
            super(message);
        }

        static void rejectIf(boolean invalid, String reason) {
            if (invalid) {
                throw new InvalidValueException(reason);
            }
        }
    }

    private Setting(String key, @Nullable String defaultText, Function<String, T> parser) {
        this.key = key;
        this.defaultText = defaultText;
        this.parser = parser;
        ROWS.add(this);
    }

    private static <T> Setting<T> of(String key, @Nullable String defaultText, Function<String, T> parser) {
        return new Setting<>(key, defaultText, parser);
    }

    private static Setting<Boolean> bool(String key, String defaultText) {
        return of(key, defaultText, Parsers::bool).allows("`true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`");
    }

    /** A choice of two words, the first of which is the default; the second is true. */
    private static Setting<Boolean> either(String key, String first, String second) {
        return of(key, first, Parsers.either(first, second)).allows("`" + first + "` or `" + second + "`");
    }

    private static Setting<Integer> number(String key, String defaultText, int least, int most) {
        return of(key, defaultText, Parsers.number(least, most)).allows("a whole number from " + least + " to " + most);
    }

    private static Setting<Duration> duration(String key, String defaultText, Duration least, Duration most) {
        return of(key, defaultText, Parsers.duration(least, most))
                .allows("a duration with a unit, such as `PT30S`, `30s`, `500ms`, `5m` or `1h`, from `" + least
                        + "` to `" + most + "`");
    }

    /** A setting that {@code off} switches off. */
    private static <T> Setting<Optional<T>> optional(
            String key, @Nullable String defaultText, Function<String, T> parser) {
        return of(key, defaultText, text -> Parsers.isOff(text) ? Optional.empty() : Optional.of(parser.apply(text)));
    }

    private Setting<T> allows(String nounPhrase) {
        allowed = nounPhrase;
        return this;
    }

    /**
     * Reports a key that is not valid in its place.
     *
     * @param origin where the key was found, the start of the sentence
     * @param prefix what precedes a valid key there
     */
    static void check(String origin, String key, String prefix, List<String> valid, ProblemReport report) {
        if (valid.contains(key)) {
            return;
        }
        String bare = key.replaceFirst("^guards\\.[^.]*\\.", "");
        ALL.stream()
                .filter(setting -> setting.key.equals(bare))
                .findFirst()
                .ifPresentOrElse(
                        misplaced -> report.problem(
                                "PLAYTCHA-0003: " + origin + " has no effect there; " + misplaced.instead() + "."),
                        () -> report.problem("PLAYTCHA-0002: " + origin + " is unknown; the nearest valid name is "
                                + prefix + nearest(key, valid) + "."));
    }

    private String instead() {
        if (this == GUARD) {
            return "a filter in web.xml selects its guard with its init-param guard";
        }
        if (this == URL_PATTERNS || this == DISPATCHERS) {
            return "a filter in web.xml has url-pattern and dispatcher elements in its filter-mapping instead";
        }
        if (scopes.contains(Scope.GUARD)) {
            return "it is a setting of a guard";
        }
        return "an application has one " + key + " for all guards and filters: " + howToSet();
    }

    /** Returns the valid name with the fewest edits; the first of several. */
    private static String nearest(String written, List<String> valid) {
        String key = written.strip().toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("^playtcha\\.", "");
        return Collections.min(valid, Comparator.comparingInt(name -> edits(key, name)));
    }

    /** Returns the Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    static List<String> keysAt(Scope scope) {
        return ALL.stream()
                .filter(setting -> setting.scopes.contains(scope))
                .map(Setting::toString)
                .toList();
    }

    @Nullable
    T defaultValue() {
        return defaultText == null ? null : parser.apply(defaultText);
    }

    String allowedPlain() {
        return allowed.replace("`", "");
    }

    /** The end of a sentence about a value that is missing or set in the wrong place. */
    String howToSet() {
        String property = Sources.PREFIX + key;
        return "set " + (scopes.contains(Scope.INIT_PARAM) ? "init-param " + key + " of a filter, " : "")
                + "context-param " + property + ", " + property
                + " in MicroProfile Config or as a system property, or environment variable "
                + Sources.environmentName(property);
    }

    @Override
    public String toString() {
        return key;
    }
}
