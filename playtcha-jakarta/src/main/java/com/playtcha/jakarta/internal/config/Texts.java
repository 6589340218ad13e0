package com.playtcha.jakarta.internal.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as they may stand in an error text or a log line. */
final class Texts {
    static final String HIDDEN = "(not shown)";

    private static final int SHOWN = 200;
    private static final String SCHEME = "^([A-Za-z][A-Za-z0-9_+.-]*://";
    private static final Pattern URL = Pattern.compile(SCHEME + ").*", Pattern.DOTALL);
    private static final Pattern USER_INFO = Pattern.compile(SCHEME + ").*@", Pattern.DOTALL);
    private static final Pattern NO_PORT =
            Pattern.compile(SCHEME + "/*(?>\\[[^\\]/]*\\]|[^/:]*)):(?![0-9]*$|[0-9]+[/?#]).*", Pattern.DOTALL);
    private static final Pattern QUERY_OR_FRAGMENT = Pattern.compile("([?#]).+", Pattern.DOTALL);
    private static final Pattern EXPRESSION_DEFAULT = Pattern.compile("(\\$\\{[^{}:]*:).+", Pattern.DOTALL);

    private Texts() {}

    /** In quotation marks, control characters neutralised, cut after 200 characters. */
    static String quoted(String value) {
        boolean cut = value.length() > SHOWN;
        return '"' + plain(cut ? value.substring(0, SHOWN) : value) + (cut ? "…\"" : "\"");
    }

    /** Whatever could break a line, hide or reorder text is written as a Unicode escape. */
    static String plain(String value) {
        StringBuilder out = new StringBuilder(value.length());
        value.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE -> out.append(String.format(Locale.ROOT, "\\u%04x", c));
                default -> out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    /** The name of a secret's file. A relative one could as well be the secret itself, put under the wrong key. */
    static String secretFile(String text) {
        return Parsers.isOff(text) || text.matches("(?s)(/|[A-Za-z]:[/\\\\]).*") ? text : HIDDEN;
    }

    /**
     * A URL without its user-info, query, fragment and an expression's default, also where it is too broken to be parsed. Without a scheme it
     * could be anything, a misplaced secret above all, and is hidden; a word that means something is shown.
     */
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
                // Without a host, what should be a port may be a password.
                : NO_PORT.matcher(url).replaceFirst("$1:***");
        String bare = QUERY_OR_FRAGMENT.matcher(rest).replaceFirst("$1***");
        return EXPRESSION_DEFAULT.matcher(bare).replaceFirst("$1***");
    }
}
