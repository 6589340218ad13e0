package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.InvalidValueException.rejectIf;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.json.JsonPointer;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Parsers of values. Each throws an {@link InvalidValueException} for a text that is not allowed. */
final class Parsers {
    private static final int MIN_CALLBACK_KEY = 16;

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})\\s*(?:([kmg])ib)?");
    private static final Set<String> YES = Set.of("true", "1", "yes", "on");
    private static final Set<String> NO = Set.of("false", "0", "no", "off");
    private static final Set<String> DISPATCHER_TYPES = Set.of("REQUEST", "FORWARD", "INCLUDE", "ERROR", "ASYNC");
    private static final long MAX_SIZE = 1L << 40;

    private Parsers() {}

    static boolean isOff(String text) {
        return text.equalsIgnoreCase("off");
    }

    /** Parses with a method of the JDK, whose own exceptions may quote the text. */
    private static <T> T parseOrReject(Function<String, T> parser, String text, String message) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw new InvalidValueException(message);
        }
    }

    private static String requireMatch(String regex, String text, String message) {
        rejectIf(!text.matches(regex), message);
        return text;
    }

    static boolean bool(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        rejectIf(!YES.contains(word) && !NO.contains(word), "it is neither true nor false");
        return YES.contains(word);
    }

    /** Parses the name of one of two constants, in any case. */
    static <E extends Enum<E>> Function<String, E> choice(E first, E second) {
        return text -> {
            boolean isFirst = text.equalsIgnoreCase(first.name());
            rejectIf(!isFirst && !text.equalsIgnoreCase(second.name()), "it is neither of the two words");
            return isFirst ? first : second;
        };
    }

    static Function<String, Integer> number(int min, int max) {
        return text -> {
            requireMatch("-?[0-9]+", text, "it is not a whole number written in digits");
            int value = parseOrReject(Integer::parseInt, text, "it is out of range");
            rejectIf(value < min || value > max, "it is out of range");
            return value;
        };
    }

    static OptionalInt limit(String text) {
        boolean unlimited = isOff(text) || text.equalsIgnoreCase("unlimited");
        return unlimited
                ? OptionalInt.empty()
                : OptionalInt.of(number(0, Integer.MAX_VALUE).apply(text));
    }

    static Function<String, Duration> duration(Duration min, Duration max) {
        return text -> {
            rejectIf(text.matches("[0-9]+"), "it has no unit");
            Duration value = parseOrReject(Parsers::duration, text, "it is not a duration");
            rejectIf(value.compareTo(min) < 0, "it is too short");
            rejectIf(value.compareTo(max) > 0, "it is too long");
            return value;
        };
    }

    private static Duration duration(String text) {
        if (text.matches("[0-9]+[mM][sS]")) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        }
        return Duration.parse(text.matches("[0-9]+[smhSMH]") ? "PT" + text : text);
    }

    static long size(String text) {
        Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        rejectIf(!matcher.matches(), "it is not a number of bytes, KiB, MiB or GiB");
        int shift = matcher.group(2) == null ? 0 : 10 * (1 + "kmg".indexOf(matcher.group(2)));
        long number = Long.parseLong(matcher.group(1));
        rejectIf(number < 1 || number > MAX_SIZE >> shift, "it is out of range");
        return number << shift;
    }

    static Path path(String text) {
        return parseOrReject(Path::of, text, "it is not a file name");
    }

    static Path folder(String text) {
        Path folder = path(withoutControls(text));
        rejectIf(Files.exists(folder) && !Files.isDirectory(folder), "it exists and is not a folder");
        return folder;
    }

    /** A look-up by any other scheme than {@code java:} can leave this process and load foreign code. */
    static String jndiName(String text) {
        return requireMatch(
                "(java:)?[!-~&&[^:]]+",
                text,
                "it is empty, or has a space, a character outside of visible ASCII, or a colon outside of the scheme"
                        + " java:, as names of remote directories have");
    }

    static Charset charset(String text) {
        return parseOrReject(Charset::forName, text, "this Java platform does not support it");
    }

    static JsonPointer pointer(String text) {
        return parseOrReject(JsonPointer::parse, text, "it does not start with /, or has ~ outside of ~0 and ~1");
    }

    static String callbackKey(String text) {
        rejectIf(text.length() < MIN_CALLBACK_KEY, "it is shorter than 16 characters");
        return withoutControls(text);
    }

    /** Returns the keys of a file, one a line. */
    static String callbackKeys(String text) {
        List<String> keys = text.lines().filter(line -> !line.isBlank()).toList();
        rejectIf(keys.isEmpty(), "it has no key");
        rejectIf(
                keys.stream().anyMatch(key -> key.length() < MIN_CALLBACK_KEY),
                "one of its keys is shorter than 16 characters");
        keys.forEach(Parsers::withoutControls);
        return String.join("\n", keys);
    }

    static String withoutControls(String text) {
        rejectIf(
                text.chars().anyMatch(Character::isISOControl),
                "it has a control character, such as a line break or a tab");
        return text;
    }

    static String httpToken(String text) {
        return requireMatch(
                "[!#$%&'*+.^_`|~0-9A-Za-z-]+",
                text, "it has a character that RFC 9110, section 5.6.2, does not allow in a token");
    }

    static Set<String> dispatchers(String text) {
        rejectIf(!DISPATCHER_TYPES.containsAll(items(text)), "it names a dispatcher type that does not exist");
        Set<String> types = list(type -> type).apply(text);
        rejectIf(types.equals(Set.of("ERROR")), "it names ERROR alone, where a guard neither verifies nor denies");
        return types;
    }

    static String urlPattern(String text) {
        String never = "*?#\\x00-\\x1f\\x7f-\\x9f";
        return requireMatch(
                "(/[^" + never + "]*)?/\\*|/[^" + never + "]*|\\*\\.[^/" + never + "]+",
                text,
                "it has a pattern of another form, or with a query, a fragment or a control character");
    }

    static Set<String> guardNames(String text) {
        Set<String> names = list(Parsers::guardName).apply(text);
        rejectIf(names.contains(GuardSettings.DEFAULT_NAME), "the guard default exists without a declaration");
        return names;
    }

    static String guardName(String name) {
        return requireMatch(
                "[a-z][a-z0-9]*", name, "a name is a lower-case letter, then lower-case letters and digits");
    }

    /** Splits at commas and white space; each item once. */
    static <T> Function<String, Set<T>> list(Function<String, T> parser) {
        return text -> parsed(text, items(text), parser);
    }

    /** Splits at commas only, since names of roles may have spaces. */
    static Set<String> roles(String text) {
        return parsed(text, split(text, ","), Parsers::withoutControls);
    }

    private static <T> Set<T> parsed(String text, List<String> items, Function<String, T> parser) {
        Set<T> parsed = new LinkedHashSet<>();
        if (!isOff(text)) {
            items.forEach(item -> parsed.add(parser.apply(item)));
            rejectIf(parsed.isEmpty(), "the list is empty");
        }
        return parsed;
    }

    static List<String> items(String text) {
        return split(text, "[,\\s]+");
    }

    private static List<String> split(String text, String separator) {
        return Stream.of(text.split(separator))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    static AddressRange addressRange(String text) {
        AddressRange range = AddressRange.parse(text);
        if (range == null) {
            throw new InvalidValueException("it has an item that is neither an IP address nor a range of them");
        }
        return range;
    }

    /** Normalizes, so that equal places are equal: lower-case scheme and host, no default port, no trailing slash. */
    static URI baseUrl(String text) {
        URI uri = url(text);
        rejectIf(uri.getRawQuery() != null || uri.getRawFragment() != null, "it has a query or a fragment");
        String prefix = prefix(uri);
        String path = uri.getRawPath().replaceFirst("/+$", "");
        rejectIf(
                path.endsWith("/v1") || path.endsWith("/v1/verify"),
                "it ends in /v1 or /v1/verify, which is appended to it; leave that out");
        return ascii(prefix + path);
    }

    /** Parses the address of the poller, which appends parameters to its query. */
    static URI pollUrl(String text) {
        URI uri = url(text);
        rejectIf(uri.getRawFragment() != null, "it has a fragment");
        String query = uri.getRawQuery();
        return ascii(prefix(uri) + uri.getRawPath() + (query == null ? "" : "?" + query));
    }

    /** Whether the host is literally this machine. No name is looked up. */
    static boolean isLoopback(URI uri) {
        return String.valueOf(uri.getHost()).matches("localhost|127\\.[0-9.]+|\\[[0:]*:0*1]");
    }

    static ProxySetting proxy(String text) {
        if (isOff(text)) {
            return ProxySetting.NONE;
        }
        if (text.equalsIgnoreCase(ProxySetting.PLATFORM.host())) {
            return ProxySetting.PLATFORM;
        }
        URI uri = url(text);
        rejectIf(!"http".equalsIgnoreCase(uri.getScheme()), "it does not start with http://");
        String host = host(uri);
        rejectIf(uri.getPort() == -1, "it has no port");
        rejectIf(!text.matches("[^/?#]*//[^/?#]*/*"), "it goes on after the port");
        String user = uri.getUserInfo() == null ? "" : withoutControls(uri.getUserInfo());
        rejectIf(user.startsWith(":"), "its user is empty");
        rejectIf(user.indexOf('\uFFFD') >= 0, "its user or password is not percent-encoded UTF-8");
        String credentials = user.isEmpty() || user.contains(":") ? user : user + ":";
        return new ProxySetting(host.replaceAll("[\\[\\]]", ""), uri.getPort(), credentials);
    }

    private static URI url(String text) {
        return parseOrReject(URI::create, text, "it is not a URL");
    }

    /** Scheme, host and port of a URL of http or https. */
    private static String prefix(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        rejectIf(!scheme.equals("https") && !scheme.equals("http"), "it does not start with https://");
        String host = host(uri);
        rejectIf(uri.getRawUserInfo() != null, "it has user-info (the part before @), which is not sent");
        boolean usual = uri.getPort() == -1 || uri.getPort() == (scheme.equals("https") ? 443 : 80);
        return scheme + "://" + host + (usual ? "" : ":" + uri.getPort());
    }

    private static String host(URI uri) {
        rejectIf(uri.getHost() == null, "it names no valid host");
        rejectIf(uri.getPort() == 0 || uri.getPort() > 65535, "its port is not between 1 and 65535");
        return uri.getHost().toLowerCase(Locale.ROOT);
    }

    private static URI ascii(String url) {
        return URI.create(URI.create(url).toASCIIString());
    }

    static String failurePath(String text) {
        return requireMatch(
                "(?![^?]*/\\.\\.([/;?]|$))/[^#\\\\\\x00-\\x1f\\x7f-\\x9f]*",
                text,
                "it does not start with /, or has a segment .., a fragment, a backslash or a control character");
    }

    /** Parses an exact servlet pattern, in the form in which containers compare it. */
    static String callbackPath(String text) {
        rejectIf(!text.startsWith("/"), "it does not start with /");
        rejectIf(text.equals("/") || text.contains("*"), "it is a pattern that matches more than one path");
        return requireMatch(
                "(?!.*//|.*/\\.{1,2}(/|$))[^?#\\\\;%\\s\\p{Cntrl}]*",
                text,
                "it has an empty segment, one of dots, or one of ? # \\ ; % or white space, so no request would match"
                        + " it");
    }
}
