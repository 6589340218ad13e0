package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The settings of a guard or filter (contract, section 4), in the order of the documentation. */
final class GuardKeys {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(24);

    static final Setting<String> SECRET = new Setting<>(
                    "secret",
                    null,
                    SecretSource::checked,
                    "the secret key, not blank, without control characters",
                    "The secret key of the project. Either this or `secret-file` is required; setting both at one level"
                            + " is a problem. The value is taken as written, without expressions and trimming.")
            .shownAs(Redaction::secret)
            .takenRaw();

    static final Setting<Path> SECRET_FILE = new Setting<>(
                    "secret-file",
                    null,
                    Parsers::path,
                    "a readable UTF-8 file of at most 64 KiB",
                    "A file that holds the secret key; one trailing line break is dropped. The file is read again every"
                            + " 5 s and after `bad_secret`, so a new secret needs no redeployment. If it becomes unreadable,"
                            + " the last good value stays in use and a warning is logged.")
            .shownAs(Redaction::secretFile);

    static final Setting<Optional<URI>> BASE_URL = new Setting<Optional<URI>>(
                    "base-url",
                    null,
                    text -> Parsers.isOff(text) ? Optional.empty() : Optional.of(UrlParsers.baseUrl(text)),
                    "a URL such as `https://host` or `https://host/prefix`, without user-info, query and fragment",
                    "The address of Playtcha. Required. `/v1/verify` is appended to it: a path prefix is kept, a trailing"
                            + " slash is dropped, and a path that already ends in `/v1` or `/v1/verify` is a problem. Plain"
                            + " `http` is allowed for loopback hosts (`localhost`, `127.0.0.0/8`, `[::1]`) or with"
                            + " `allow-http=true`.")
            .shownAs(Redaction::url);

    static final Setting<Boolean> ALLOW_HTTP = Setting.bool(
            "allow-http",
            "false",
            "Allows plain `http` in `base-url` and `poll-url` for any host. The secret is then sent in clear text.");

    static final Setting<Boolean> FAIL_CLOSED = Setting.bool(
            "fail-closed",
            "false",
            "Denies requests while Playtcha is unavailable. By default such requests are allowed without verification.");

    static final Setting<OptionalInt> FAIL_OPEN_PER_MINUTE = new Setting<>(
            "fail-open-per-minute",
            "unlimited",
            Parsers::limit,
            "`unlimited` or `off`, or a whole number from 0",
            "The number of requests that are allowed without verification in a sliding minute, per guard and node."
                    + " Further ones are denied with 503.");

    static final Setting<Boolean> MISSING_TOKEN = new Setting<>(
            "missing-token",
            "deny",
            Parsers.either("deny", "policy"),
            "`deny` or `policy`",
            "With `policy`, a request without a token counts as `UNAVAILABLE` while the breaker is open, because the widget"
                    + " may be down too.");

    static final Setting<Duration> TIMEOUT = Setting.duration(
            "timeout",
            "PT2S",
            SHORTEST,
            LONGEST,
            "from 1 ms to 24 h",
            "The deadline of one verification. It covers everything from the DNS look-up to the last byte of the answer.");

    static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration(
            "connect-timeout",
            "PT1S",
            SHORTEST,
            LONGEST,
            "from 1 ms to `timeout`",
            "The part of `timeout` that connecting may take. The default is clipped to `timeout`.");

    static final Setting<Integer> MAX_CONCURRENT = Setting.number(
            "max-concurrent",
            "64",
            1,
            10_000,
            "The number of verifications in flight at once, and the size of the connection pool. A further one is"
                    + " `OVERLOADED` (503).");

    static final Setting<Duration> MAX_RETRY_AFTER = Setting.duration(
            "max-retry-after",
            "PT5M",
            Duration.ofSeconds(1),
            LONGEST,
            "from 1 s to 24 h",
            "The longest throttle window that a `Retry-After` header can open.");

    static final Setting<Boolean> BREAKER = Setting.bool(
            "breaker",
            "true",
            "Stops calling Playtcha for a while when it cannot be reached: when 80 % of at least 10 calls within 10 s"
                    + " failed.");

    static final Setting<ProxySetting> PROXY = new Setting<>(
                    "proxy",
                    "platform",
                    UrlParsers::proxy,
                    "`platform`, `off` or `http://[user:password@]host:port` with percent-encoded user and password",
                    "The proxy for calls to Playtcha. `platform` is the proxy of the Java platform for https, and `off` is"
                            + " a direct connection.")
            .shownAs(Redaction::url);

    static final Setting<Optional<String>> TOKEN_PARAM = Setting.optional(
            "token-param",
            "playtcha-response",
            Parsers::parameterName,
            "the name of a parameter",
            "The form, multipart or query parameter that carries the token.");

    static final Setting<Optional<String>> TOKEN_HEADER = Setting.optional(
            "token-header",
            "X-Playtcha-Token",
            Parsers::httpToken,
            "the name of a header (a token of RFC 9110)",
            "The request header that carries the token. It is the first token source.");

    static final Setting<Optional<JsonPointer>> TOKEN_JSON_POINTER = Setting.optional(
            "token-json-pointer",
            "off",
            Parsers::pointer,
            "a JSON Pointer (RFC 6901) such as `/playtchaToken`",
            "The place of the token in a JSON body. The body stays readable for the application.");

    static final Setting<Integer> MAX_TOKEN_LENGTH = Setting.number(
            "max-token-length",
            "4096",
            1,
            65_536,
            "The length of a token in characters. A longer one is `NO_TOKEN` (400).");

    static final Setting<Integer> MAX_BODY = Setting.number(
            "max-body",
            "1048576",
            1,
            1 << 30,
            "The bytes of a JSON body that are buffered for `token-json-pointer`. A larger body is `NO_TOKEN` with 413.");

    static final Setting<Optional<Charset>> ENCODING = Setting.optional(
            "encoding",
            "UTF-8",
            Parsers::charset,
            "the name of a charset",
            "The character encoding that is set before the first parameter is read, if neither the request nor the context"
                    + " names one. `off` sets none.");

    static final Setting<Set<String>> SAFE_METHODS = new Setting<>(
            "safe-methods",
            "GET, HEAD, OPTIONS, TRACE",
            Parsers::methods,
            "a list of HTTP methods, in their exact case, or `off`",
            "The HTTP methods that are not guarded. Every other method is. With `off` all methods are guarded.");

    static final Setting<Boolean> MODE = new Setting<>(
            "mode",
            "enforce",
            Parsers.either("enforce", "monitor"),
            "`enforce` or `monitor`",
            "With `monitor`, requests are verified and never denied; `playtcha.allowed` is what `enforce` would have"
                    + " decided.");

    static final Setting<Optional<String>> FAILURE_PATH = Setting.optional(
            "failure-path",
            "off",
            UrlParsers::failurePath,
            "a path within the application that starts with `/` and has no `..` segment",
            "A denied request is forwarded to this page, after the status was set, instead of being answered with an error."
                    + " The page sees a `GET` without a body and may change the status.");

    static final Setting<List<String>> URL_PATTERNS = new Setting<>(
                    "url-patterns",
                    "off",
                    Parsers::urlPatterns,
                    "a list of servlet patterns of the forms `/exact`, `/prefix/*`, `*.ext` and `/`, or `off`",
                    "Registers a filter with these patterns, without web.xml, named `playtcha`, or `playtcha-<name>` for a"
                            + " guard. A filter in web.xml has a `filter-mapping` instead.")
            .onlyAt(Scope.APPLICATION, Scope.GUARD)
            .notInherited();

    static final Setting<Set<String>> DISPATCHERS = new Setting<>(
                    "dispatchers",
                    "REQUEST",
                    Parsers::dispatchers,
                    "a list of `REQUEST`, `FORWARD`, `INCLUDE`, `ERROR` and `ASYNC`",
                    "The dispatcher types of a filter that `url-patterns` registers. A filter in web.xml has the"
                            + " `dispatcher` elements of its `filter-mapping` instead.")
            .onlyAt(Scope.APPLICATION, Scope.GUARD);

    static final Setting<Boolean> ENABLED = Setting.bool(
            "enabled",
            "true",
            "The kill switch. With `false` every request is allowed without verification, a warning is logged at start, no"
                    + " other setting is required, and problems of other settings are only warnings.");

    static final Setting<Boolean> LATE_VERDICTS = Setting.bool(
            "late-verdicts",
            "false",
            "Verifies requests that were allowed without verification again in the background, and passes the verdict to"
                    + " the application's handler. Needs `late-dir` or `late-datasource`.");

    static final Setting<String> GUARD = new Setting<>(
                    "guard",
                    GuardSettings.DEFAULT_NAME,
                    Parsers::guardName,
                    "a name that `guards` declares",
                    "The guard whose settings a filter in web.xml uses.")
            .onlyAt(Scope.INIT_PARAM)
            .notInherited();

    /** Every setting of a guard. */
    static final List<Setting<?>> ALL = List.of(
            SECRET,
            SECRET_FILE,
            BASE_URL,
            ALLOW_HTTP,
            FAIL_CLOSED,
            FAIL_OPEN_PER_MINUTE,
            MISSING_TOKEN,
            TIMEOUT,
            CONNECT_TIMEOUT,
            MAX_CONCURRENT,
            MAX_RETRY_AFTER,
            BREAKER,
            PROXY,
            TOKEN_PARAM,
            TOKEN_HEADER,
            TOKEN_JSON_POINTER,
            MAX_TOKEN_LENGTH,
            MAX_BODY,
            ENCODING,
            SAFE_METHODS,
            MODE,
            FAILURE_PATH,
            URL_PATTERNS,
            DISPATCHERS,
            ENABLED,
            LATE_VERDICTS);

    private GuardKeys() {}
}
