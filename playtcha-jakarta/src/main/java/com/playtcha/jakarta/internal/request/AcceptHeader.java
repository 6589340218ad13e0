package com.playtcha.jakarta.internal.request;

import java.util.Enumeration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides between JSON and HTML by a visitor's {@code Accept} (RFC 9110, section 12.5.1). Only ranges that name one of
 * them count, since browsers and scripts alike send {@code *}{@code /*}. Never throws, whatever is sent.
 */
public final class AcceptHeader {
    private static final Pattern WEIGHT = Pattern.compile(";\\s*[qQ]=([^;]*)");

    private AcceptHeader() {}

    /**
     * Whether a denial is answered as JSON; where {@code Accept} names neither type, the content type of the request
     * decides.
     */
    public static boolean prefersJson(@Nullable Enumeration<String> accept, @Nullable String contentType) {
        double json = -1;
        double html = -1;
        while (accept != null && accept.hasMoreElements()) {
            for (String range : accept.nextElement().split(",")) {
                String essence = MediaTypes.essence(range);
                if (MediaTypes.isJson(essence)) {
                    json = Math.max(json, weight(range));
                } else if (essence.equals("text/html") || essence.equals("application/xhtml+xml")) {
                    html = Math.max(html, weight(range));
                }
            }
        }
        return json < 0 && html < 0 ? MediaTypes.isJson(MediaTypes.essence(contentType)) : json > 0 && json > html;
    }

    /** Returns the {@code q} of a range, 1 where it has none, and -1 (as if not named) where it is no valid weight. */
    private static double weight(String range) {
        Matcher q = WEIGHT.matcher(range);
        if (!q.find()) {
            return 1;
        }
        String weight = q.group(1).strip();
        return weight.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(weight) : -1;
    }
}
