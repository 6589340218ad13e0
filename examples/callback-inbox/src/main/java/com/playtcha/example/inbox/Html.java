package com.playtcha.example.inbox;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Markup. Whatever is put into it is escaped, unless it is markup itself. */
record Html(String markup) {
    private static final Pattern PLACE = Pattern.compile("\\{([a-zA-Z]+)}");

    static final Html NONE = new Html("");

    /**
     * Fills in a template of this application's own.
     *
     * @param template with places such as {@code {name}}
     * @param values by name; null stands for no text
     */
    static Html fill(String template, Map<String, ?> values) {
        return new Html(PLACE.matcher(template).replaceAll(place -> {
            if (!values.containsKey(place.group(1))) {
                throw new IllegalArgumentException("nothing is given for {" + place.group(1) + "}");
            }
            return Matcher.quoteReplacement(insertable(values.get(place.group(1))));
        }));
    }

    /** Pieces one after the other. */
    static Html join(Collection<Html> pieces) {
        return new Html(pieces.stream().map(Html::markup).collect(Collectors.joining("\n")));
    }

    private static String insertable(Object value) {
        if (value instanceof Html html) {
            return html.markup;
        }
        return value == null ? "" : escape(value.toString());
    }

    /** Text, safe between tags and inside quoted attributes. */
    static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }
}
