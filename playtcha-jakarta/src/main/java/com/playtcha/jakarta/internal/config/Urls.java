package com.playtcha.jakarta.internal.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Base URL, proxy, paths and patterns. */
final class Urls {
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}");
    private static final Pattern API_PATH = Pattern.compile("(.*)/v1(/verify)?", Pattern.DOTALL);

    private static final Pattern NOT_NORMAL = Pattern.compile("//|/\\.{1,2}(/|$)");

    private Urls() {}

    /** In one spelling for one place: scheme and host in lower case, no default port, no slash at the end. */
    static URI baseUrl(String text) throws Refused {
        URI uri = absolute(text);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new Refused("it does not start with https://");
        }
        String host = host(uri);
        if (uri.getRawUserInfo() != null) {
            throw new Refused("it has user-info (the part before @), which Playtcha does not ask for");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new Refused("it has a query or a fragment");
        }
        int port = port(uri);
        boolean usual = port == -1 || port == (scheme.equals("https") ? 443 : 80);
        String path = uri.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        String prefix = scheme + "://" + host + (usual ? "" : ":" + port);
        var api = API_PATH.matcher(path);
        if (api.matches()) {
            throw new Refused("/v1/verify is added to it; write ", prefix + api.group(1), "");
        }
        return URI.create(URI.create(prefix + path).toASCIIString());
    }

    /** Whether the host literally is this machine; no name is looked up. */
    static boolean isLoopback(URI uri) {
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

    static ProxySetting proxy(String text) throws Refused {
        if (Parsers.isOff(text)) {
            return ProxySetting.NONE;
        }
        if (text.equalsIgnoreCase(ProxySetting.PLATFORM.toString())) {
            return ProxySetting.PLATFORM;
        }
        URI uri = absolute(text);
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            throw new Refused("it does not start with http://");
        }
        String host = host(uri);
        int port = port(uri);
        if (port == -1) {
            throw new Refused("it has no port");
        }
        if ((!uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/"))
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new Refused("something follows the port");
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        String userInfo = uri.getRawUserInfo();
        if (userInfo == null) {
            return new ProxySetting.Explicit(bare, port, null, null);
        }
        int colon = userInfo.indexOf(':');
        String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
        if (user.isEmpty()) {
            throw new Refused("its user is empty");
        }
        return new ProxySetting.Explicit(bare, port, user, colon < 0 ? "" : decoded(userInfo.substring(colon + 1)));
    }

    private static URI absolute(String text) throws Refused {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new Refused("it is not a URL" + position(e));
        }
    }

    private static String position(URISyntaxException e) {
        return e.getIndex() < 0 ? "" : " (see character " + (e.getIndex() + 1) + ")";
    }

    private static String host(URI uri) throws Refused {
        @Nullable String host = uri.getHost();
        if (host == null) {
            throw new Refused("it names no valid host");
        }
        return host.toLowerCase(Locale.ROOT);
    }

    private static int port(URI uri) throws Refused {
        int port = uri.getPort();
        if (port == 0 || port > 65535) {
            throw new Refused("its port is not between 1 and 65535");
        }
        return port;
    }

    private static String decoded(String text) throws Refused {
        // URLDecoder is made for forms, where a plus is a space; in a URL's user-info it is a plus.
        String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (decoded.indexOf('\uFFFD') >= 0 || decoded.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("its user or password has a control character or is not UTF-8");
        }
        return decoded;
    }

    static String failurePath(String text) throws Refused {
        if (!text.startsWith("/")) {
            throw new Refused("it does not start with /");
        }
        if (text.contains("#") || text.contains("\\") || text.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("it has a fragment, a backslash or a control character");
        }
        String path = text.split("\\?", 2)[0];
        for (String segment : path.split("/", -1)) {
            String name = segment.split(";", 2)[0].toLowerCase(Locale.ROOT).replace("%2e", ".");
            if (name.equals("..")) {
                throw new Refused("it has a .. segment");
            }
        }
        return text;
    }

    /** A fallback poller's address, to whose query more is appended. */
    static URI pollUrl(String text) throws Refused {
        URI uri = absolute(text);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new Refused("it does not start with https://");
        }
        String host = host(uri);
        if (uri.getRawUserInfo() != null) {
            throw new Refused("it has user-info (the part before @); the key has a setting of its own");
        }
        if (uri.getRawFragment() != null) {
            throw new Refused("it has a fragment");
        }
        int port = port(uri);
        String query = uri.getRawQuery();
        return URI.create(URI.create(scheme + "://" + host + (port == -1 ? "" : ":" + port) + uri.getRawPath()
                        + (query == null ? "" : "?" + query))
                .toASCIIString());
    }

    /** A path that can be an exact servlet pattern, in the form in which containers compare it. */
    static String callbackPath(String text) throws Refused {
        if (!text.startsWith("/")) {
            throw new Refused("it does not start with /");
        }
        if (text.equals("/")) {
            throw new Refused("it would take every request that nothing else does");
        }
        if (text.contains("*")) {
            throw new Refused("it is a pattern");
        }
        if (text.chars()
                .anyMatch(c -> "?#\\;%".indexOf(c) >= 0 || Character.isISOControl(c) || Character.isWhitespace(c))) {
            throw new Refused(
                    "it has a character that no path of a servlet is compared with: one of ? # \\ ; % or white"
                            + " space");
        }
        if (NOT_NORMAL.matcher(text).find()) {
            throw new Refused("it has an empty segment, or one of dots, which no request would have by then");
        }
        return text;
    }

    static void checkPattern(String pattern) throws Refused {
        String stars = pattern.replaceAll("[^*]", "");
        boolean extension = pattern.startsWith("*.") && pattern.length() > 2 && !pattern.contains("/");
        boolean prefix = pattern.startsWith("/") && pattern.endsWith("/*");
        boolean exact = pattern.startsWith("/") && stars.isEmpty();
        if (!exact && !((extension || prefix) && stars.length() == 1)) {
            throw new Refused("a pattern there is of another form and would match nothing, or not what it seems to");
        }
        if (pattern.contains("?") || pattern.contains("#") || pattern.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("a pattern there has a query, a fragment or a control character");
        }
    }
}
