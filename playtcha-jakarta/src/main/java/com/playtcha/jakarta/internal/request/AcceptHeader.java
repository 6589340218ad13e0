package com.playtcha.jakarta.internal.request;

import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides between JSON and HTML by a visitor's {@code Accept} (RFC 9110, section 12.5.1). Only ranges that name one of
 * them count, since browsers and scripts alike send {@code *}{@code /*}. Never throws, whatever is sent.
 */
public final class AcceptHeader {
    private AcceptHeader() {}

    /**
     * Whether a denial is answered as JSON; where {@code Accept} names neither type, the content type of the request
     * decides.
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

    /**
     * Returns the {@code q} of a range, 1 where it has none, and -1 (as if not named) where it is no valid weight.
     */
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
