package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings table (contract, section 4): each row is a key with its default, its parser, what is allowed, where it may
 * be set, and what is special about it. docs/settings.md says what it means.
 *
 * @param <T> the type of the value, {@link Optional} for a key that may be unset or off
 */
public final class Setting<T> {
    private static final List<Setting<?>> ROWS = new ArrayList<>();
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final String IN_FILTER_MAPPING =
            "a filter in web.xml has url-pattern and dispatcher elements in its filter-mapping instead";

    public static final Setting<Optional<SecretSource>> SECRET = optional("secret", null, SecretSource::fixed)
            .allows("the secret key, not blank, without control characters")
            .shownAs(Display.SECRET)
            .takenAsWritten();

    public static final Setting<Optional<SecretSource>> SECRET_FILE = optional(
                    "secret-file", null, file -> SecretSource.open(Parsers.path(file), "secret-file"))
            .allows("a readable UTF-8 file of at most 64 KiB")
            .shownAs(Display.SECRET_FILE)
            .insteadOf(SECRET);

    public static final Setting<Optional<URI>> BASE_URL = optional("base-url", null, Parsers::baseUrl)
            .allows("a URL such as `https://host` or `https://host/prefix`, without user-info, query and fragment")
            .shownAs(Display.URL);

    public static final Setting<Boolean> ALLOW_HTTP = bool("allow-http", "false");
    public static final Setting<Boolean> FAIL_CLOSED = bool("fail-closed", "false");

    public static final Setting<OptionalInt> FAIL_OPEN_PER_MINUTE = of(
                    "fail-open-per-minute", "unlimited", Parsers::limit)
            .allows("`unlimited` or `off`, or a whole number from 0");

    public static final Setting<MissingToken> MISSING_TOKEN =
            choice("missing-token", MissingToken.DENY, MissingToken.POLICY);
    public static final Setting<Duration> TIMEOUT = duration("timeout", "PT2S", MILLI, DAY);
    public static final Setting<Duration> CONNECT_TIMEOUT = duration("connect-timeout", "PT1S", MILLI, DAY);
    public static final Setting<Integer> MAX_CONCURRENT = number("max-concurrent", "64", 1, 10_000);
    public static final Setting<Duration> MAX_RETRY_AFTER =
            duration("max-retry-after", "PT5M", Duration.ofSeconds(1), DAY);
    public static final Setting<Boolean> BREAKER = bool("breaker", "true");

    public static final Setting<ProxySetting> PROXY = of("proxy", "platform", Parsers::proxy)
            .allows("`platform`, `off` or `http://[user:password@]host:port` with percent-encoded user and password")
            .shownAs(Display.URL);

    public static final Setting<Optional<String>> TOKEN_PARAM = optional(
                    "token-param", "playtcha-response", Parsers::withoutControls)
            .allows("the name of a parameter, or `off`");

    public static final Setting<Optional<String>> TOKEN_HEADER = optional(
                    "token-header", "X-Playtcha-Token", Parsers::httpToken)
            .allows("the name of a header (a token of RFC 9110), or `off`");

    public static final Setting<Optional<JsonPointer>> TOKEN_JSON_POINTER = optional(
                    "token-json-pointer", "off", Parsers::pointer)
            .allows("a JSON Pointer (RFC 6901) such as `/playtchaToken`, or `off`");

    public static final Setting<Integer> MAX_TOKEN_LENGTH = number("max-token-length", "4096", 1, 65_536);
    public static final Setting<Integer> MAX_BODY = number("max-body", "1048576", 1, 1 << 30);

    public static final Setting<Optional<Charset>> ENCODING =
            optional("encoding", "UTF-8", Parsers::charset).allows("the name of a charset, or `off`");

    public static final Setting<Set<String>> SAFE_METHODS = of(
                    "safe-methods", "GET, HEAD, OPTIONS, TRACE", Parsers.list(Parsers::httpToken))
            .allows("a list of HTTP methods, in their exact case, or `off`");

    public static final Setting<Mode> MODE = choice("mode", Mode.ENFORCE, Mode.MONITOR);

    public static final Setting<Optional<String>> FAILURE_PATH = optional("failure-path", "off", Parsers::failurePath)
            .allows("a path within the application that starts with `/`, or `off`");

    public static final Setting<Set<String>> URL_PATTERNS = of("url-patterns", "off", Parsers.list(Parsers::urlPattern))
            .allows(
                    "a list of servlet patterns of the forms `/exact`, `/prefix/*`, `*.ext` and `/` (the root page), or `off`")
            .notInherited()
            .at(Scope.GUARD, Scope.APPLICATION)
            .elsewhere(IN_FILTER_MAPPING);

    public static final Setting<Set<String>> DISPATCHERS = of("dispatchers", "REQUEST", Parsers::dispatchers)
            .allows("a list of `REQUEST`, `FORWARD`, `INCLUDE`, `ERROR` and `ASYNC`, not of `ERROR` alone")
            .at(Scope.GUARD, Scope.APPLICATION)
            .elsewhere(IN_FILTER_MAPPING);

    /** The default is after Spring Boot's own filters for error pages and observations, and before Spring Security's. */
    public static final Setting<Integer> FILTER_ORDER = number(
                    "filter-order", "-2147483638", Integer.MIN_VALUE, Integer.MAX_VALUE)
            .at(Scope.GUARD, Scope.APPLICATION)
            .elsewhere("the order of filters in web.xml is that of their filter-mapping elements");

    public static final Setting<Set<String>> EXEMPT_ROLES = of("exempt-roles", "off", Parsers::roles)
            .allows("a list of roles with commas between them, `*` for every user who is logged in, or `off`");

    public static final Setting<Set<AddressRange>> EXEMPT_ADDRESSES = of(
                    "exempt-addresses", "off", Parsers.list(Parsers::addressRange))
            .allows("a list of IP addresses and CIDR ranges, such as `10.0.0.0/8` or `2001:db8::/32`, or `off`");

    public static final Setting<Integer> AFTER_FAILURES = number("after-failures", "0", 0, 100);
    public static final Setting<Duration> FAILURE_WINDOW =
            duration("failure-window", "PT15M", Duration.ofSeconds(1), DAY);
    public static final Setting<Integer> SESSION_PASS = number("session-pass", "0", 0, 10);

    public static final Setting<Boolean> ENABLED = bool("enabled", "true");
    public static final Setting<Boolean> LATE_VERDICTS = bool("late-verdicts", "false");

    public static final Setting<Optional<Path>> LATE_DIR = optional("late-dir", "off", Parsers::folder)
            .allows("a folder, which is created if it does not exist, or `off`")
            .in(Group.LATE);

    public static final Setting<Optional<String>> LATE_DATASOURCE = optional(
                    "late-datasource", "off", Parsers::jndiName)
            .allows("a JNDI name such as `java:comp/env/jdbc/late` or `jdbc/late`, in visible ASCII, with no other"
                    + " scheme than `java:`, or `off`")
            .in(Group.LATE);

    public static final Setting<LateSettings.DatabaseSupport> LATE_DATABASE = choice(
                    "late-database", LateSettings.DatabaseSupport.PROVEN, LateSettings.DatabaseSupport.UNPROVEN)
            .in(Group.LATE);

    public static final Setting<Integer> LATE_CONCURRENCY =
            number("late-concurrency", "8", 1, 1000).in(Group.LATE);
    public static final Setting<Integer> LATE_MAX_UNTRACKED =
            number("late-max-untracked", "100000", 1, 10_000_000).in(Group.LATE);
    public static final Setting<OptionalInt> LATE_MAX_ATTEMPTS = of(
                    "late-max-attempts",
                    "unlimited",
                    text -> text.equals("unlimited")
                            ? OptionalInt.empty()
                            : OptionalInt.of(Parsers.number(1, 10_000).apply(text)))
            .allows("`unlimited`, or a whole number from 1 to 10000")
            .in(Group.LATE);

    public static final Setting<Duration> LATE_HANDLER_TIMEOUT = duration(
                    "late-handler-timeout", "PT60S", MILLI, Duration.ofHours(1))
            .in(Group.LATE);
    public static final Duration MAX_LATE_RETENTION = Duration.ofDays(3650);
    public static final Setting<Duration> LATE_RETENTION = duration(
                    "late-retention", "P7D", Duration.ofMinutes(10), MAX_LATE_RETENTION)
            .in(Group.LATE);
    public static final Setting<Boolean> LATE_VIRTUAL_THREADS =
            bool("late-virtual-threads", "false").in(Group.LATE);
    public static final Setting<Integer> LATE_MAX_WAITING =
            number("late-max-waiting", "32", 1, 10_000).in(Group.LATE);

    public static final Setting<Optional<String>> CALLBACK_PATH = optional(
                    "callback-path", "off", Parsers::callbackPath)
            .allows("a path within the application, such as `/pingback`, without a pattern or a query, and not `/`,"
                    + " or `off`")
            .in(Group.LATE);

    public static final Setting<Optional<SecretSource>> CALLBACK_KEY = optional(
                    "callback-key", null, text -> SecretSource.fixed(Parsers.callbackKey(text)))
            .allows("at least 16 characters, none of them a control character, or `off`")
            .shownAs(Display.SECRET)
            .in(Group.LATE);

    public static final Setting<Optional<SecretSource>> CALLBACK_KEY_FILE = optional(
                    "callback-key-file",
                    "off",
                    file -> SecretSource.openCallbackKeys(Parsers.path(file), "callback-key-file"))
            .allows(
                    "a readable UTF-8 file of at most 64 KiB with a key of at least 16 characters on each line, or `off`")
            .shownAs(Display.SECRET_FILE)
            .insteadOf(CALLBACK_KEY)
            .in(Group.LATE);

    public static final Setting<Optional<URI>> POLL_URL = optional("poll-url", "off", Parsers::pollUrl)
            .allows("a URL such as `https://host/res`, without user-info and fragment, or `off`")
            .shownAs(Display.URL)
            .in(Group.LATE);

    public static final Setting<Optional<SecretSource>> POLL_KEY = optional("poll-key", "off", SecretSource::fixed)
            .allows("the key, not blank, without control characters, or `off`")
            .shownAs(Display.SECRET)
            .in(Group.LATE);

    public static final Setting<Optional<SecretSource>> POLL_KEY_FILE = optional(
                    "poll-key-file", "off", file -> SecretSource.open(Parsers.path(file), "poll-key-file"))
            .allows("a readable UTF-8 file of at most 64 KiB, or `off`")
            .shownAs(Display.SECRET_FILE)
            .insteadOf(POLL_KEY)
            .in(Group.LATE);

    public static final Setting<Duration> CALLBACK_TIMEOUT =
            duration("callback-timeout", "PT120S", MILLI, MONTH).in(Group.LATE);
    public static final Setting<Duration> POLL_INTERVAL =
            duration("poll-interval", "PT30S", MILLI, MONTH).in(Group.LATE);
    public static final Setting<Duration> POLL_EXPIRY =
            duration("poll-expiry", "PT1H", MILLI, MONTH).in(Group.LATE);
    public static final Setting<Duration> DEAD_LETTER_RETRY =
            duration("dead-letter-retry", "PT5M", MILLI, Duration.ofHours(1)).in(Group.LATE);
    public static final Setting<Integer> LATE_DIR_MAX_FILES =
            number("late-dir-max-files", "10000", 1, 10_000_000).in(Group.LATE);

    public static final Setting<Long> LATE_DIR_MAX_BYTES = of("late-dir-max-bytes", "100 MiB", Parsers::size)
            .allows("a number of bytes, or of `KiB`, `MiB` or `GiB`, such as `100 MiB`, from 1 byte to 1024 GiB")
            .in(Group.LATE);

    public static final Setting<Boolean> METRICS = bool("metrics", "true").in(Group.APPLICATION);
    public static final Setting<Boolean> HEALTH = bool("health", "false").in(Group.APPLICATION);

    public static final Setting<Set<String>> GUARDS = of("guards", "off", Parsers::guardNames)
            .allows("a list of names: a lower-case letter, then lower-case letters and digits; not `default`")
            .in(Group.APPLICATION);

    public static final Setting<String> GUARD = of("guard", GuardSettings.DEFAULT_NAME, Parsers::guardName)
            .allows("a name that `guards` declares")
            .in(Group.FILTER)
            .elsewhere("a filter in web.xml selects its guard with its init-param guard");

    /** Every setting, in the order of docs/settings.md. */
    static final List<Setting<?>> ALL = Collections.unmodifiableList(ROWS);

    /** The settings of a guard or filter. */
    static final List<Setting<?>> OF_GUARDS = allIn(Group.GUARD);

    /** The settings of late results, of which an application has one each. */
    static final List<Setting<?>> OF_LATE = allIn(Group.LATE);

    static final List<Setting<?>> OF_APPLICATION = allIn(Group.APPLICATION);

    final String key;
    /** Null for a key that is not set by default. */
    final @Nullable String defaultText;
    /** Throws an {@link InvalidValueException} for a text that is not allowed. */
    final Function<String, T> parser;
    /** A noun phrase in Markdown. */
    String allowed = "";

    private Group group = Group.GUARD;
    Set<Scope> scopes = EnumSet.allOf(Scope.class);
    Display display = Display.TEXT;
    /** False if a guard or filter does not take the value of the level above. */
    boolean inherited = true;
    /** False for a value that is neither trimmed nor searched for expressions. */
    boolean expanded = true;
    /** The key whose value is in the file that this key names. */
    @Nullable
    Setting<?> fileOf;

    private @Nullable String elsewhere;

    /** What {@code missing-token} says. */
    public enum MissingToken {
        DENY,
        /** While the breaker is open, no token counts as {@code UNAVAILABLE}. */
        POLICY
    }

    /** What {@code mode} says. */
    public enum Mode {
        ENFORCE,
        /** Nothing is denied. */
        MONITOR
    }

    /** What has a value of its own, with the places where its settings are written. */
    private enum Group {
        GUARD(Scope.values()),
        /** The late results of an application. */
        LATE(Scope.APPLICATION),
        APPLICATION(Scope.APPLICATION),
        FILTER(Scope.INIT_PARAM);

        private final Scope[] scopes;

        Group(Scope... scopes) {
            this.scopes = scopes;
        }
    }

    /** What may be shown of a value; the rest is masked wherever it occurs. */
    enum Display {
        TEXT,
        SECRET,
        /** The name of a file that holds a secret. */
        SECRET_FILE,
        URL
    }

    /** Where a key may be set, the most specific place first. */
    enum Scope {
        /** An {@code init-param} of a declared filter. */
        INIT_PARAM,
        /** {@code playtcha.guards.<name>.<key>}. */
        GUARD,
        /** {@code playtcha.<key>}. */
        APPLICATION
    }

    private Setting(String key, @Nullable String defaultText, Function<String, T> parser) {
        this.key = key;
        this.defaultText = defaultText;
        this.parser = parser;
        ROWS.add(this);
    }

    private static List<Setting<?>> allIn(Group group) {
        return ROWS.stream().filter(setting -> setting.group == group).toList();
    }

    private static <T> Setting<T> of(String key, @Nullable String defaultText, Function<String, T> parser) {
        return new Setting<>(key, defaultText, parser);
    }

    private static Setting<Boolean> bool(String key, String defaultText) {
        return of(key, defaultText, Parsers::bool).allows("`true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`");
    }

    /** A choice of two words, the first of which is the default. */
    private static <E extends Enum<E>> Setting<E> choice(String key, E first, E second) {
        String word = first.name().toLowerCase(Locale.ROOT);
        return of(key, word, Parsers.choice(first, second))
                .allows("`" + word + "` or `" + second.name().toLowerCase(Locale.ROOT) + "`");
    }

    private static Setting<Integer> number(String key, String defaultText, int min, int max) {
        return of(key, defaultText, Parsers.number(min, max)).allows("a whole number from " + min + " to " + max);
    }

    private static Setting<Duration> duration(String key, String defaultText, Duration min, Duration max) {
        return of(key, defaultText, Parsers.duration(min, max))
                .allows("a duration with a unit, such as `PT30S`, `30s`, `500ms`, `5m` or `1h`, from `" + min + "` to `"
                        + max + "`");
    }

    /** A setting that is empty if it is switched off by {@code off}, or not set and without a default. */
    private static <T> Setting<Optional<T>> optional(
            String key, @Nullable String defaultText, Function<String, T> parser) {
        return of(key, defaultText, text -> Parsers.isOff(text) ? Optional.empty() : Optional.of(parser.apply(text)));
    }

    private Setting<T> allows(String nounPhrase) {
        allowed = nounPhrase;
        return this;
    }

    private Setting<T> shownAs(Display value) {
        display = value;
        return this;
    }

    private Setting<T> takenAsWritten() {
        expanded = false;
        return this;
    }

    private Setting<T> notInherited() {
        inherited = false;
        return this;
    }

    /** Marks the key as one whose file holds the value of another key; only one of the two is set. */
    private Setting<T> insteadOf(Setting<?> text) {
        fileOf = text;
        return this;
    }

    private Setting<T> at(Scope... values) {
        scopes = EnumSet.copyOf(List.of(values));
        return this;
    }

    private Setting<T> in(Group value) {
        group = value;
        return at(value.scopes);
    }

    /** Sets what a problem says of a key in the wrong place, a clause. */
    private Setting<T> elsewhere(String clause) {
        elsewhere = clause;
        return this;
    }

    /** Returns where a key belongs that was found in the wrong place, as a clause. */
    String whereItBelongs(@Nullable ExternalConfig framework) {
        if (elsewhere != null) {
            return elsewhere;
        }
        return scopes.contains(Scope.GUARD)
                ? "it is a setting of a guard"
                : "an application has one " + key + " for all guards and filters: " + howToSet(framework);
    }

    /** Returns the full name of a guard's own value, such as {@code playtcha.guards.login.timeout}. */
    public String nameFor(String guard) {
        return Sources.PREFIX + (guard.equals(GuardSettings.DEFAULT_NAME) ? "" : "guards." + guard + ".") + key;
    }

    static List<String> keysAt(Scope scope) {
        return ALL.stream()
                .filter(setting -> setting.scopes.contains(scope))
                .map(Setting::toString)
                .toList();
    }

    /** Returns the default value, which is empty for a key that is not set by default. */
    Object defaultValue() {
        return defaultText == null ? Optional.empty() : parser.apply(defaultText);
    }

    String allowedPlain() {
        return allowed.replace("`", "");
    }

    /** The end of a sentence about a value that is missing or set in the wrong place. */
    String howToSet(@Nullable ExternalConfig framework) {
        String property = Sources.PREFIX + key;
        String parameters = (scopes.contains(Scope.INIT_PARAM) ? "init-param " + key + " of a filter, " : "")
                + "context-param " + property + ", ";
        return "set " + (framework == null ? parameters : "") + property + " in "
                + (framework == null ? "MicroProfile Config" : framework.files())
                + " or as a system property, or environment variable " + Sources.environmentName(property);
    }

    @Override
    public String toString() {
        return key;
    }
}
