package com.playtcha.jakarta.internal.request;

import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which of JSON and HTML a visitor's {@code Accept} prefers (RFC 9110, section 12.5.1). Only ranges that name one of
 * them count: browsers and scripts alike send {@code *}{@code /*}, which says nothing. Never throws, whatever is sent.
 */
public final class AcceptHeader {
    private AcceptHeader() {}

    /**
     * Whether a denial should be a JSON document.
     *
     * @param accept the values of every {@code Accept} header; null or empty for none
     * @param contentType of the request, which decides where {@code Accept} names neither; null for none
     * @return true when a JSON type has a weight above that of HTML
     */
    public static boolean prefersJson(@Nullable Enumeration<String> accept, @Nullable String contentType) {
        double json = -1;
        double html = -1;
        while (accept != null && accept.hasMoreElements()) {
            for (String range : split(accept.nextElement(), ',')) {
                String essence = MediaTypes.essence(range);
                boolean isJson = MediaTypes.isJson(essence);
                boolean isHtml = essence.equals("text/html") || essence.equals("application/xhtml+xml");
                if (isJson) {
                    json = Math.max(json, weight(range));
                } else if (isHtml) {
                    html = Math.max(html, weight(range));
                }
            }
        }
        if (json < 0 && html < 0) {
            return MediaTypes.isJson(MediaTypes.essence(contentType));
        }
        return json > 0 && json > html;
    }

    /** The range's {@code q}; 1 where it has none, -1 (as though not named) where it is no weight. */
    private static double weight(String range) {
        List<String> parts = split(range, ';');
        for (String part : parts.subList(1, parts.size())) {
            String parameter = part.strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                String q = parameter.substring(2);
                return q.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(q) : -1;
            }
        }
        return 1;
    }

    /** Splits outside quoted strings. */
    private static List<String> split(@Nullable String text, char separator) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; text != null && i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == separator && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
                continue;
            }
            part.append(c);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted && i + 1 < text.length()) {
                part.append(text.charAt(++i));
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
