package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Place;
import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The settings table (contract, section 4): the one place where a key, its default, its rule and its meaning stand.
 * Parsing, error texts, the list of valid names and README's table come from here.
 */
final class Settings {
    private static final String YES_OR_NO = "`true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`";
    private static final String DURATION =
            "a duration with a unit, such as `PT2S`, `2s`, `500ms`, `2m` or `1h`, from 1 ms to 24 h";

    static final Setting<String> SECRET = Setting.of(
                    "secret",
                    ProblemCode.SECRET,
                    null,
                    SecretSource::checked,
                    "the secret key, not blank, without control characters",
                    "The secret key of the project. Required, unless `secret-file` is set; not both at one level."
                            + " Taken as it is written: no expressions, no trimming.")
            .shownAs(text -> Texts.HIDDEN)
            .takenRaw();

    static final Setting<Path> SECRET_FILE = Setting.of(
                    "secret-file",
                    ProblemCode.SECRET_FILE,
                    null,
                    Parsers::path,
                    "a readable UTF-8 file of at most 64 KiB",
                    "A file that holds the secret key (one trailing line break is dropped). It is looked at every 5 s"
                            + " and after `bad_secret`, so that a new secret needs no redeployment. If it becomes"
                            + " unreadable, the last good value stays in use and a warning is logged.")
            .shownAs(Texts::secretFile);

    static final Setting<URI> BASE_URL = Setting.of(
                    "base-url",
                    ProblemCode.BASE_URL,
                    null,
                    Urls::baseUrl,
                    "a URL such as `https://host` or `https://host/prefix`, without user-info, query and fragment",
                    "Where Playtcha is. Required. `/v1/verify` is added to it: a path prefix is kept, a trailing slash"
                            + " dropped, and a path that already ends in `/v1` or `/v1/verify` refused. Plain `http` is"
                            + " for loopback hosts (`localhost`, `127.0.0.0/8`, `[::1]`), or needs `allow-http=true`.")
            .shownAs(Texts::url);

    static final Setting<Boolean> ALLOW_HTTP = yesOrNo(
            "allow-http",
            "false",
            "Lets `base-url` and `poll-url` be plain `http` for any host. The secret then travels in clear.");

    static final Setting<Boolean> FAIL_CLOSED = yesOrNo(
            "fail-closed",
            "false",
            "Deny when Playtcha is unavailable. The default lets such requests through, unverified.");

    static final Setting<OptionalInt> FAIL_OPEN_PER_MINUTE = Setting.of(
            "fail-open-per-minute",
            ProblemCode.NUMBER,
            "unlimited",
            Parsers::limit,
            "`unlimited` or `off`, or a whole number from 0",
            "More unverified passes than this in a sliding minute, per guard and node, are denied (503).");

    static final Setting<Boolean> MISSING_TOKEN = Setting.of(
            "missing-token",
            ProblemCode.CHOICE,
            "deny",
            Parsers.either("deny", "policy"),
            "`deny` or `policy`",
            "`policy`: while the breaker is open, a request without a token counts as `UNAVAILABLE`, because the widget"
                    + " may be down too.");

    static final Setting<Duration> TIMEOUT = duration(
            "timeout", "PT2S", "The deadline of one verification, over everything from DNS to the answer's last byte.");

    static final Setting<Duration> CONNECT_TIMEOUT = duration(
            "connect-timeout",
            "PT1S",
            "The part of `timeout` that connecting may take. The default is clipped to `timeout`; a value above it is"
                    + " refused.");

    static final Setting<Integer> MAX_CONCURRENT = number(
            "max-concurrent",
            "64",
            1,
            10_000,
            "Verifications in flight at once, and the size of the connection pool. One more is `OVERLOADED` (503).");

    static final Setting<Duration> MAX_RETRY_AFTER = Setting.of(
            "max-retry-after",
            ProblemCode.DURATION,
            "PT5M",
            Parsers.duration(Duration.ofMillis(1)),
            "a duration with a unit, such as `PT5M`, `30s` or `5m`, from 1 ms to 24 h",
            "The longest throttle window that a `Retry-After` can open.");

    static final Setting<Boolean> BREAKER = yesOrNo(
            "breaker",
            "true",
            "Stop asking for a while when Playtcha cannot be reached: 80 % of at least 10 calls within 10 s.");

    static final Setting<ProxySetting> PROXY = Setting.of(
                    "proxy",
                    ProblemCode.PROXY,
                    "platform",
                    Urls::proxy,
                    "`platform`, `off` or `http://[user:password@]host:port` with percent-encoded user and password",
                    "`platform`: the Java platform's proxy for https. `off`: none. Else the proxy to use.")
            .shownAs(Texts::url);

    static final Setting<Optional<String>> TOKEN_PARAM = Setting.of(
            "token-param",
            ProblemCode.TOKEN_SOURCE,
            "playtcha-response",
            Parsers.orOff(Parsers::parameterName),
            "a parameter's name, or `off`",
            "The form, multipart or query parameter that carries the token.");

    static final Setting<Optional<String>> TOKEN_HEADER = Setting.of(
            "token-header",
            ProblemCode.TOKEN_SOURCE,
            "X-Playtcha-Token",
            Parsers.orOff(Parsers::httpToken),
            "a header's name (a token of RFC 9110), or `off`",
            "The request header that carries the token. It is looked at first.");

    static final Setting<Optional<JsonPointer>> TOKEN_JSON_POINTER = Setting.of(
            "token-json-pointer",
            ProblemCode.TOKEN_SOURCE,
            "off",
            Parsers.orOff(Parsers::pointer),
            "a JSON Pointer (RFC 6901) such as `/playtchaToken`, or `off`",
            "Where the token stands in a JSON body. The body stays readable for the application.");

    static final Setting<Integer> MAX_TOKEN_LENGTH =
            number("max-token-length", "4096", 1, 65_536, "Characters; a longer token is `NO_TOKEN` (400).");

    static final Setting<Integer> MAX_BODY = number(
            "max-body",
            "1048576",
            1,
            1 << 30,
            "Bytes of a JSON body that are buffered for `token-json-pointer`; a larger one is `NO_TOKEN` with 413.");

    static final Setting<Optional<Charset>> ENCODING = Setting.of(
            "encoding",
            ProblemCode.ENCODING,
            "UTF-8",
            Parsers.orOff(Parsers::charset),
            "a charset's name, or `off`",
            "Set before the first parameter is read where neither request nor context names one; `off` leaves it.");

    static final Setting<Set<String>> SAFE_METHODS = Setting.of(
            "safe-methods",
            ProblemCode.METHODS,
            "GET, HEAD, OPTIONS, TRACE",
            Parsers::methods,
            "a list of HTTP methods, in their exact case, or `off`",
            "Methods that are not guarded; every other one is. `off`: all are guarded.");

    static final Setting<Boolean> MODE = Setting.of(
            "mode",
            ProblemCode.CHOICE,
            "enforce",
            Parsers.either("enforce", "monitor"),
            "`enforce` or `monitor`",
            "`monitor`: verify and never deny; `playtcha.allowed` is what `enforce` would have said.");

    static final Setting<Optional<String>> FAILURE_PATH = Setting.of(
            "failure-path",
            ProblemCode.FAILURE_PATH,
            "off",
            Parsers.orOff(Urls::failurePath),
            "a path within the application that starts with `/` and has no `..` segment, or `off`",
            "On denial, set the status, then forward here instead of sending an error; the page may change the status.");

    static final Setting<List<String>> URL_PATTERNS = Setting.of(
                    "url-patterns",
                    ProblemCode.URL_PATTERN,
                    "off",
                    Parsers::urlPatterns,
                    "a list of servlet patterns of the forms `/exact`, `/prefix/*`, `*.ext` and `/`, or `off`",
                    "Registers the filter without web.xml, as `playtcha`; for a guard as `playtcha-<name>`. A filter in"
                            + " web.xml has its `filter-mapping` instead.")
            .onlyAt(Place.GLOBAL, Place.GUARD)
            .notInherited();

    static final Setting<Set<String>> DISPATCHERS = Setting.of(
                    "dispatchers",
                    ProblemCode.DISPATCHER,
                    "REQUEST",
                    Parsers::dispatchers,
                    "a list of `REQUEST`, `FORWARD`, `INCLUDE`, `ERROR` and `ASYNC`",
                    "The dispatcher types of a filter that `url-patterns` registers. A filter in web.xml has the"
                            + " `dispatcher` elements of its `filter-mapping` instead.")
            .onlyAt(Place.GLOBAL, Place.GUARD);

    static final Setting<Boolean> ENABLED = yesOrNo(
            "enabled",
            "true",
            "The kill switch: `false` lets everything through, with a warning at start. Nothing else is required then,"
                    + " and other problems are warnings only.");

    static final Setting<Boolean> LATE_VERDICTS = yesOrNo(
            "late-verdicts",
            "false",
            "Remember each request that was let through unverified, ask Playtcha again, and tell the application's handler"
                    + " the verdict. Needs `late-dir` or `late-datasource`.");

    static final Setting<List<String>> GUARDS = Setting.of(
                    "guards",
                    ProblemCode.GUARD_NAME,
                    "off",
                    Parsers::guards,
                    "a list of names, each once: a lower-case letter, then lower-case letters and digits; not `default`",
                    "Declares guards with settings of their own: `guards.<name>.<key>` goes before `<key>`.")
            .onlyAt(Place.GLOBAL)
            .notInherited();

    static final Setting<String> GUARD = Setting.of(
                    "guard",
                    ProblemCode.GUARD_NAME,
                    "default",
                    Parsers::guard,
                    "a name that `guards` declares",
                    "The guard whose settings a filter in web.xml starts from.")
            .onlyAt(Place.INIT_PARAM)
            .notInherited();

    /** What a guard or filter has, in README's order. */
    static final List<Setting<?>> OF_A_GUARD = List.of(
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

    /** Every key, in README's order. */
    static final List<Setting<?>> ALL = Stream.of(OF_A_GUARD, LateKeys.ALL, List.<Setting<?>>of(GUARDS, GUARD))
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private Settings() {}

    private static Setting<Boolean> yesOrNo(String key, String defaultText, String meaning) {
        return Setting.of(key, ProblemCode.BOOLEAN, defaultText, Parsers::bool, YES_OR_NO, meaning);
    }

    private static Setting<Duration> duration(String key, String defaultText, String meaning) {
        return Setting.of(
                key, ProblemCode.DURATION, defaultText, Parsers.duration(Duration.ofMillis(1)), DURATION, meaning);
    }

    private static Setting<Integer> number(String key, String defaultText, int least, int most, String meaning) {
        return Setting.of(
                key,
                ProblemCode.NUMBER,
                defaultText,
                Parsers.number(least, most),
                "a whole number from " + least + " to " + most,
                meaning);
    }
}
