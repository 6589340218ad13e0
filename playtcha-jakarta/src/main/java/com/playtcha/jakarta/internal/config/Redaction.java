package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.util.LogText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes values fit for error texts and log lines. It masks the secrets that were added first, wherever they occur,
 * because people set a secret under a wrong key. Not thread-safe.
 */
final class Redaction {
    static final String HIDDEN = "(not shown)";

    /** A shorter secret is probably part of an ordinary word. */
    private static final int SHORTEST_MASKED = 8;

    private static final int LONGEST_SHOWN = 200;
    private static final String SCHEME = "^([A-Za-z][A-Za-z0-9_+.-]*://";
    private static final Pattern URL = Pattern.compile(SCHEME + ").*", Pattern.DOTALL);
    private static final Pattern USER_INFO = Pattern.compile(SCHEME + ").*@", Pattern.DOTALL);
    private static final Pattern NO_PORT =
            Pattern.compile(SCHEME + "/*(?>\\[[^\\]/]*\\]|[^/:]*)):(?![0-9]*$|[0-9]+[/?#]).*", Pattern.DOTALL);
    private static final Pattern QUERY_OR_FRAGMENT = Pattern.compile("([?#]).+", Pattern.DOTALL);
    private static final Pattern EXPRESSION_DEFAULT = Pattern.compile("(\\$\\{[^{}:]*:).+", Pattern.DOTALL);
    private static final Pattern PASSWORD = Pattern.compile("//[^:/]*:(.*)@", Pattern.DOTALL);

    private final List<String> secrets = new ArrayList<>();

    void addSecret(String secret) {
        for (String form : List.of(secret, secret.strip())) {
            if (form.length() >= SHORTEST_MASKED && !secrets.contains(form)) {
                secrets.add(form);
            }
        }
        // A secret may be part of a longer one.
        secrets.sort(Comparator.comparingInt(String::length).reversed());
    }

    /** Adds the password of a URL with user-info. */
    void addPassword(String url) {
        Matcher matcher = PASSWORD.matcher(url);
        if (matcher.find()) {
            addSecret(matcher.group(1));
        }
    }

    String mask(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, "***");
        }
        return masked;
    }

    /** Quotes a value. It is masked before it is cut, because a part of a secret would not be recognized. */
    String quote(Setting<?> setting, String value) {
        String shown = shown(setting, mask(value));
        if (shown.equals(HIDDEN)) {
            return shown;
        }
        return '"' + (shown.length() > LONGEST_SHOWN ? shown.substring(0, LONGEST_SHOWN) + "…" : shown) + '"';
    }

    /** Masks secrets, and escapes characters that could break a line, or hide or reorder text. */
    String printable(String text) {
        return LogText.escape(mask(text));
    }

    /** Returns what may be shown of a value of this setting. */
    static String shown(Setting<?> setting, String text) {
        return switch (setting.key) {
            case "secret", "callback-key", "poll-key" -> Parsers.isOff(text) ? text : HIDDEN;
            case "secret-file", "poll-key-file" -> secretFile(text);
            case "base-url", "poll-url", "proxy" -> url(text);
            default -> text;
        };
    }

    /** Shows an absolute path only: anything else may be the secret itself, set under the wrong key. */
    private static String secretFile(String text) {
        return Parsers.isOff(text) || text.matches("(?s)(/|[A-Za-z]:[/\\\\]).*") ? text : HIDDEN;
    }

    /** Shows a URL without user-info, query, fragment and the default of an expression, even if it cannot be parsed. */
    static String url(String url) {
        if (Parsers.isOff(url) || url.equalsIgnoreCase(ProxySetting.PLATFORM.toString())) {
            return url;
        }
        if (!URL.matcher(url).matches()) {
            return HIDDEN;
        }
        Matcher userInfo = USER_INFO.matcher(url);
        String rest = userInfo.find()
                ? userInfo.group(1) + "***@" + url.substring(userInfo.end())
                // Without a host, what looks like a port may be a password.
                : NO_PORT.matcher(url).replaceFirst("$1:***");
        String bare = QUERY_OR_FRAGMENT.matcher(rest).replaceFirst("$1***");
        return EXPRESSION_DEFAULT.matcher(bare).replaceFirst("$1***");
    }
}
