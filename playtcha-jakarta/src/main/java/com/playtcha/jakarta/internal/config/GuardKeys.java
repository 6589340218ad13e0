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
            .means("The secret key of the project. Either this or `secret-file` is required; setting both"
                    + " at one level is a problem. The value is taken as written, without expressions and"
                    + " trimming.")
            .shownAs(Redaction::secret)
            .takenRaw());

    static final Setting<Path> SECRET_FILE = guard(new Setting<>("secret-file", null, Parsers::path)
            .allows("a readable UTF-8 file of at most 64 KiB")
            .means("A file that holds the secret key; one trailing line break is dropped. The file is read"
                    + " again every 5 s and after `bad_secret`, so a new secret needs no redeployment. If it"
                    + " becomes unreadable, the last good value stays in use and a warning is logged.")
            .shownAs(Redaction::secretFile));

    static final Setting<Optional<URI>> BASE_URL = guard(Setting.optional("base-url", null, UrlParsers::baseUrl)
            .allows("a URL such as `https://host` or `https://host/prefix`, without user-info, query and" + " fragment")
            .means("The address of Playtcha. Required. `/v1/verify` is appended to it: a path prefix is"
                    + " kept, a trailing slash is dropped, and a path that already ends in `/v1` or"
                    + " `/v1/verify` is a problem. Plain `http` is allowed for loopback hosts (`localhost`,"
                    + " `127.0.0.0/8`, `[::1]`) or with `allow-http=true`.")
            .shownAs(Redaction::url));

    static final Setting<Boolean> ALLOW_HTTP = guard(Setting.bool("allow-http", "false")
            .means("Allows plain `http` in `base-url` and `poll-url` for any host. The secret is then sent"
                    + " in clear text."));

    static final Setting<Boolean> FAIL_CLOSED = guard(Setting.bool("fail-closed", "false")
            .means("Denies requests while Playtcha is unavailable. By default such requests are allowed"
                    + " without verification."));

    static final Setting<OptionalInt> FAIL_OPEN_PER_MINUTE =
            guard(new Setting<>("fail-open-per-minute", "unlimited", Parsers::limit)
                    .allows("`unlimited` or `off`, or a whole number from 0")
                    .means("The number of requests that are allowed without verification in a sliding minute, per"
                            + " guard and node. Further ones are denied with 503."));

    static final Setting<Boolean> MISSING_TOKEN =
            guard(new Setting<>("missing-token", "deny", Parsers.either("deny", "policy"))
                    .allows("`deny` or `policy`")
                    .means("With `policy`, a request without a token counts as `UNAVAILABLE` while the breaker is"
                            + " open, because the widget may be down too."));

    static final Setting<Duration> TIMEOUT = guard(Setting.duration("timeout", "PT2S", SHORTEST, LONGEST)
            .means("The deadline of one verification. It covers everything from the DNS look-up to the"
                    + " last byte of the answer."));

    static final Setting<Duration> CONNECT_TIMEOUT =
            guard(Setting.duration("connect-timeout", "PT1S", SHORTEST, LONGEST)
                    .means("The part of `timeout` that connecting may take. The default is clipped to `timeout`; a"
                            + " longer value is a problem."));

    static final Setting<Integer> MAX_CONCURRENT = guard(Setting.number("max-concurrent", "64", 1, 10_000)
            .means("The number of verifications in flight at once, and the size of the connection pool. A"
                    + " further one is `OVERLOADED` (503)."));

    static final Setting<Duration> MAX_RETRY_AFTER =
            guard(Setting.duration("max-retry-after", "PT5M", Duration.ofSeconds(1), LONGEST)
                    .means("The longest throttle window that a `Retry-After` header can open."));

    static final Setting<Boolean> BREAKER = guard(Setting.bool("breaker", "true")
            .means("Stops calling Playtcha for a while when it cannot be reached: when 80 % of at least 10"
                    + " calls within 10 s failed."));

    static final Setting<ProxySetting> PROXY = guard(new Setting<>("proxy", "platform", UrlParsers::proxy)
            .allows("`platform`, `off` or `http://[user:password@]host:port` with percent-encoded user and"
                    + " password")
            .means("The proxy for calls to Playtcha. `platform` is the proxy of the Java platform for"
                    + " https, and `off` is a direct connection.")
            .shownAs(Redaction::url));

    static final Setting<Optional<String>> TOKEN_PARAM =
            guard(Setting.optional("token-param", "playtcha-response", Parsers::withoutControls)
                    .allows("the name of a parameter, or `off`")
                    .means("The form, multipart or query parameter that carries the token."));

    static final Setting<Optional<String>> TOKEN_HEADER =
            guard(Setting.optional("token-header", "X-Playtcha-Token", Parsers::httpToken)
                    .allows("the name of a header (a token of RFC 9110), or `off`")
                    .means("The request header that carries the token. It is the first token source."));

    static final Setting<Optional<JsonPointer>> TOKEN_JSON_POINTER =
            guard(Setting.optional("token-json-pointer", "off", Parsers::pointer)
                    .allows("a JSON Pointer (RFC 6901) such as `/playtchaToken`, or `off`")
                    .means("The place of the token in a JSON body. The body stays readable for the application."));

    static final Setting<Integer> MAX_TOKEN_LENGTH = guard(Setting.number("max-token-length", "4096", 1, 65_536)
            .means("The length of a token in characters. A longer one is `NO_TOKEN` (400)."));

    static final Setting<Integer> MAX_BODY = guard(Setting.number("max-body", "1048576", 1, 1 << 30)
            .means("The bytes of a JSON body that are buffered for `token-json-pointer`. A larger body is"
                    + " `NO_TOKEN` with 413."));

    static final Setting<Optional<Charset>> ENCODING = guard(Setting.optional("encoding", "UTF-8", Parsers::charset)
            .allows("the name of a charset, or `off`")
            .means("The character encoding that is set before the first parameter is read, if neither the"
                    + " request nor the context names one. `off` sets none."));

    static final Setting<Set<String>> SAFE_METHODS =
            guard(new Setting<>("safe-methods", "GET, HEAD, OPTIONS, TRACE", Parsers::methods)
                    .allows("a list of HTTP methods, in their exact case, or `off`")
                    .means("The HTTP methods that are not guarded. Every other method is. With `off` all methods"
                            + " are guarded."));

    static final Setting<Boolean> MODE = guard(new Setting<>("mode", "enforce", Parsers.either("enforce", "monitor"))
            .allows("`enforce` or `monitor`")
            .means("With `monitor`, requests are verified and never denied; `playtcha.allowed` is what"
                    + " `enforce` would have decided."));

    static final Setting<Optional<String>> FAILURE_PATH =
            guard(Setting.optional("failure-path", "off", UrlParsers::failurePath)
                    .allows("a path within the application that starts with `/`, or `off`")
                    .means("A denied request is forwarded to this page, after the status was set, instead of being"
                            + " answered with an error. The page sees a `GET` without a body and may change the"
                            + " status."));

    static final Setting<List<String>> URL_PATTERNS = guard(new Setting<>("url-patterns", "off", Parsers::urlPatterns)
            .allows("a list of servlet patterns of the forms `/exact`, `/prefix/*`, `*.ext` and `/`, or" + " `off`")
            .means("Registers a filter with these patterns, without web.xml, named `playtcha`, or"
                    + " `playtcha-<name>` for a guard. A filter in web.xml has a `filter-mapping` instead.")
            .onlyAt(Scope.APPLICATION, Scope.GUARD)
            .notInherited());

    static final Setting<Set<String>> DISPATCHERS = guard(new Setting<>("dispatchers", "REQUEST", Parsers::dispatchers)
            .allows("a list of `REQUEST`, `FORWARD`, `INCLUDE`, `ERROR` and `ASYNC`")
            .means("The dispatcher types of a filter that `url-patterns` registers. A filter in web.xml"
                    + " has the `dispatcher` elements of its `filter-mapping` instead.")
            .onlyAt(Scope.APPLICATION, Scope.GUARD));

    static final Setting<Boolean> ENABLED = guard(Setting.bool("enabled", "true")
            .means("The kill switch. With `false` every request is allowed without verification, a warning"
                    + " is logged at start, no other setting is required, and problems of other settings are"
                    + " only warnings."));

    static final Setting<Boolean> LATE_VERDICTS = guard(Setting.bool("late-verdicts", "false")
            .means("Verifies requests that were allowed without verification again in the background, and"
                    + " passes the verdict to the application's handler. Needs `late-dir` or"
                    + " `late-datasource`."));

    static final Setting<String> GUARD = new Setting<>("guard", GuardSettings.DEFAULT_NAME, Parsers::guardName)
            .allows("a name that `guards` declares")
            .means("The guard whose settings a filter in web.xml uses.")
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
