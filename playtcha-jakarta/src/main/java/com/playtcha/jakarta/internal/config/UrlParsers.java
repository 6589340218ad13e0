package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.InvalidValueException.rejectIf;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parsers of URLs, paths and servlet patterns. */
public final class UrlParsers {
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}");
    private static final Pattern NOT_NORMAL = Pattern.compile("//|/\\.{1,2}(/|$)");
    private static final Pattern NOT_IN_PATHS = Pattern.compile("[?#\\\\;%\\s\\p{Cntrl}]");

    private UrlParsers() {}

    /** Normalizes, so that equal places are equal: lower-case scheme and host, no default port, no trailing slash. */
    static URI baseUrl(String text) throws InvalidValueException {
        URI uri = parse(text);
        rejectIf(uri.getRawQuery() != null || uri.getRawFragment() != null, "it has a query or a fragment");
        String prefix = prefix(uri);
        String path = uri.getRawPath().replaceFirst("/+$", "");
        rejectIf(
                path.endsWith("/v1") || path.endsWith("/v1/verify"),
                "it ends in /v1 or /v1/verify, which is appended to it; leave that out");
        return ascii(prefix + path);
    }

    /** Parses the address of the poller, which appends parameters to its query. */
    static URI pollUrl(String text) throws InvalidValueException {
        URI uri = parse(text);
        rejectIf(uri.getRawFragment() != null, "it has a fragment");
        String query = uri.getRawQuery();
        return ascii(prefix(uri) + uri.getRawPath() + (query == null ? "" : "?" + query));
    }

    /** Whether the host is literally this machine. No name is looked up. */
    public static boolean isLoopback(URI uri) {
        String host = String.valueOf(uri.getHost());
        if (host.startsWith("[")) {
            try {
                return InetAddress.getByName(host).isLoopbackAddress();
            } catch (UnknownHostException e) {
                return false;
            }
        }
        return host.equals("localhost") || IPV4_LOOPBACK.matcher(host).matches();
    }

    /** Whether a secret in a request to this address could be read on the way. */
    static boolean isPlainHttp(URI uri) {
        return "http".equals(uri.getScheme()) && !isLoopback(uri);
    }

    static ProxySetting proxy(String text) throws InvalidValueException {
        if (Parsers.isOff(text)) {
            return ProxySetting.NONE;
        }
        if (text.equalsIgnoreCase(ProxySetting.PLATFORM.toString())) {
            return ProxySetting.PLATFORM;
        }
        URI uri = parse(text);
        rejectIf(!"http".equalsIgnoreCase(uri.getScheme()), "it does not start with http://");
        String host = host(uri);
        rejectIf(uri.getPort() == -1, "it has no port");
        rejectIf(
                !uri.getRawPath().replace("/", "").isEmpty()
                        || uri.getRawQuery() != null
                        || uri.getRawFragment() != null,
                "it goes on after the port");
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (uri.getRawUserInfo() == null) {
            return new ProxySetting.Explicit(bare, uri.getPort(), null, null);
        }
        String[] credentials = uri.getRawUserInfo().split(":", 2);
        String user = decode(credentials[0]);
        rejectIf(user.isEmpty(), "its user is empty");
        return new ProxySetting.Explicit(
                bare, uri.getPort(), user, credentials.length == 1 ? "" : decode(credentials[1]));
    }

    private static URI parse(String text) throws InvalidValueException {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidValueException(
                    "it is not a URL" + (e.getIndex() < 0 ? "" : " (see character " + (e.getIndex() + 1) + ")"));
        }
    }

    /** Scheme, host and port of a URL of http or https. */
    private static String prefix(URI uri) throws InvalidValueException {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        rejectIf(!scheme.equals("https") && !scheme.equals("http"), "it does not start with https://");
        String host = host(uri);
        rejectIf(uri.getRawUserInfo() != null, "it has user-info (the part before @), which is not sent");
        boolean usual = uri.getPort() == -1 || uri.getPort() == (scheme.equals("https") ? 443 : 80);
        return scheme + "://" + host + (usual ? "" : ":" + uri.getPort());
    }

    private static String host(URI uri) throws InvalidValueException {
        @Nullable String host = uri.getHost();
        if (host == null) {
            throw new InvalidValueException("it names no valid host");
        }
        rejectIf(uri.getPort() == 0 || uri.getPort() > 65535, "its port is not between 1 and 65535");
        return host.toLowerCase(Locale.ROOT);
    }

    private static URI ascii(String url) {
        return URI.create(URI.create(url).toASCIIString());
    }

    private static String decode(String text) throws InvalidValueException {
        try {
            // URLDecoder is made for forms, where a plus is a space. In user-info it is a plus.
            String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (decoded.indexOf('\uFFFD') < 0) {
                return Parsers.withoutControls(decoded);
            }
        } catch (IllegalArgumentException e) {
            // Falls through: an incomplete percent sequence.
        }
        throw new InvalidValueException("its user or password is not percent-encoded UTF-8");
    }

    static String failurePath(String text) throws InvalidValueException {
        rejectIf(!text.startsWith("/"), "it does not start with /");
        rejectIf(
                text.contains("#") || text.contains("\\") || text.chars().anyMatch(Character::isISOControl),
                "it has a fragment, a backslash or a control character");
        return text;
    }

    /** Parses an exact servlet pattern, in the form in which containers compare it. */
    static String callbackPath(String text) throws InvalidValueException {
        rejectIf(!text.startsWith("/"), "it does not start with /");
        rejectIf(text.equals("/") || text.contains("*"), "it is a pattern that matches more than one path");
        if (NOT_IN_PATHS.matcher(text).find()) {
            throw new InvalidValueException("it has one of ? # \\ ; % or white space, so no request would match it");
        }
        rejectIf(
                NOT_NORMAL.matcher(text).find(),
                "it has an empty segment, or one of dots, so no request would match it");
        return text;
    }

    static String pattern(String pattern) throws InvalidValueException {
        String stars = pattern.replaceAll("[^*]", "");
        boolean extension = pattern.startsWith("*.") && pattern.length() > 2 && !pattern.contains("/");
        boolean prefix = pattern.startsWith("/") && pattern.endsWith("/*");
        boolean exact = pattern.startsWith("/") && stars.isEmpty();
        rejectIf(
                !exact && !((extension || prefix) && stars.length() == 1),
                "it has a pattern of another form, which would match nothing");
        rejectIf(
                pattern.contains("?")
                        || pattern.contains("#")
                        || pattern.chars().anyMatch(Character::isISOControl),
                "it has a pattern with a query, a fragment or a control character");
        return pattern;
    }
}
