package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The settings of a guard or filter (contract, section 4), in the order of the documentation. */
final class GuardKeys {
    private static final List<Setting<?>> SETTINGS = new ArrayList<>();
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(24);

    static final Setting<String> SECRET = guard(new Setting<>("secret", null, SecretSource::checked)
            .allows("the secret key, not blank, without control characters")
            .shownAs(Redaction::secret)
            .takenRaw());

    static final Setting<Path> SECRET_FILE = guard(new Setting<>("secret-file", null, Parsers::path)
            .allows("a readable UTF-8 file of at most 64 KiB")
            .shownAs(Redaction::secretFile));

    static final Setting<Optional<URI>> BASE_URL = guard(Setting.optional("base-url", null, UrlParsers::baseUrl)
            .allows("a URL such as `https://host` or `https://host/prefix`, without user-info, query and" + " fragment")
            .shownAs(Redaction::url));

    static final Setting<Boolean> ALLOW_HTTP = guard(Setting.bool("allow-http", "false"));

    static final Setting<Boolean> FAIL_CLOSED = guard(Setting.bool("fail-closed", "false"));

    static final Setting<OptionalInt> FAIL_OPEN_PER_MINUTE =
            guard(new Setting<>("fail-open-per-minute", "unlimited", Parsers::limit)
                    .allows("`unlimited` or `off`, or a whole number from 0"));

    static final Setting<Boolean> MISSING_TOKEN = guard(
            new Setting<>("missing-token", "deny", Parsers.either("deny", "policy")).allows("`deny` or `policy`"));

    static final Setting<Duration> TIMEOUT = guard(Setting.duration("timeout", "PT2S", SHORTEST, LONGEST));

    static final Setting<Duration> CONNECT_TIMEOUT =
            guard(Setting.duration("connect-timeout", "PT1S", SHORTEST, LONGEST));

    static final Setting<Integer> MAX_CONCURRENT = guard(Setting.number("max-concurrent", "64", 1, 10_000));

    static final Setting<Duration> MAX_RETRY_AFTER =
            guard(Setting.duration("max-retry-after", "PT5M", Duration.ofSeconds(1), LONGEST));

    static final Setting<Boolean> BREAKER = guard(Setting.bool("breaker", "true"));

    static final Setting<ProxySetting> PROXY = guard(new Setting<>("proxy", "platform", UrlParsers::proxy)
            .allows("`platform`, `off` or `http://[user:password@]host:port` with percent-encoded user and"
                    + " password")
            .shownAs(Redaction::url));

    static final Setting<Optional<String>> TOKEN_PARAM =
            guard(Setting.optional("token-param", "playtcha-response", Parsers::withoutControls)
                    .allows("the name of a parameter, or `off`"));

    static final Setting<Optional<String>> TOKEN_HEADER =
            guard(Setting.optional("token-header", "X-Playtcha-Token", Parsers::httpToken)
                    .allows("the name of a header (a token of RFC 9110), or `off`"));

    static final Setting<Optional<JsonPointer>> TOKEN_JSON_POINTER =
            guard(Setting.optional("token-json-pointer", "off", Parsers::pointer)
                    .allows("a JSON Pointer (RFC 6901) such as `/playtchaToken`, or `off`"));

    static final Setting<Integer> MAX_TOKEN_LENGTH = guard(Setting.number("max-token-length", "4096", 1, 65_536));

    static final Setting<Integer> MAX_BODY = guard(Setting.number("max-body", "1048576", 1, 1 << 30));

    static final Setting<Optional<Charset>> ENCODING =
            guard(Setting.optional("encoding", "UTF-8", Parsers::charset).allows("the name of a charset, or `off`"));

    static final Setting<Set<String>> SAFE_METHODS =
            guard(new Setting<>("safe-methods", "GET, HEAD, OPTIONS, TRACE", Parsers::methods)
                    .allows("a list of HTTP methods, in their exact case, or `off`"));

    static final Setting<Boolean> MODE = guard(
            new Setting<>("mode", "enforce", Parsers.either("enforce", "monitor")).allows("`enforce` or `monitor`"));

    static final Setting<Optional<String>> FAILURE_PATH =
            guard(Setting.optional("failure-path", "off", UrlParsers::failurePath)
                    .allows("a path within the application that starts with `/`, or `off`"));

    static final Setting<List<String>> URL_PATTERNS = guard(new Setting<>("url-patterns", "off", Parsers::urlPatterns)
            .allows("a list of servlet patterns of the forms `/exact`, `/prefix/*`, `*.ext` and `/`, or" + " `off`")
            .onlyAt(Scope.APPLICATION, Scope.GUARD)
            .notInherited());

    static final Setting<Set<String>> DISPATCHERS = guard(new Setting<>("dispatchers", "REQUEST", Parsers::dispatchers)
            .allows("a list of `REQUEST`, `FORWARD`, `INCLUDE`, `ERROR` and `ASYNC`")
            .onlyAt(Scope.APPLICATION, Scope.GUARD));

    static final Setting<Boolean> ENABLED = guard(Setting.bool("enabled", "true"));

    static final Setting<Boolean> LATE_VERDICTS = guard(Setting.bool("late-verdicts", "false"));

    static final Setting<String> GUARD = new Setting<>("guard", GuardSettings.DEFAULT_NAME, Parsers::guardName)
            .allows("a name that `guards` declares")
            .onlyAt(Scope.INIT_PARAM)
            .notInherited();

    /** Every setting of a guard. */
    static final List<Setting<?>> ALL = Collections.unmodifiableList(SETTINGS);

    private GuardKeys() {}

    private static <T> Setting<T> guard(Setting<T> setting) {
        SETTINGS.add(setting);
        return setting;
    }
}
