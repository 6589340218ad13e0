package com.playtcha.jakarta.internal.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Distinguishes JSON and forms from other media types (RFC 9110, section 8.3.1). Never throws. */
public final class MediaTypes {
    private MediaTypes() {}

    /** Returns type and subtype in lower case, without parameters; empty for null. */
    public static String essence(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int semicolon = contentType.indexOf(';');
        String essence = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return essence.strip().toLowerCase(Locale.ROOT);
    }

    /** Returns the parameter {@code charset} without quotes; null where there is none. */
    public static @Nullable String charset(@Nullable String contentType) {
        if (contentType == null) {
            return null;
        }
        String[] parts = contentType.split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].strip();
            if (part.regionMatches(true, 0, "charset=", 0, 8)) {
                String value = part.substring(8).strip();
                boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
                return quoted ? value.substring(1, value.length() - 1) : value;
            }
        }
        return null;
    }

    /** Whether the body is encoded as a query would be. */
    public static boolean isUrlEncodedForm(String essence) {
        return essence.equals("application/x-www-form-urlencoded");
    }

    /** Whether the container parses the body into parameters. */
    public static boolean isForm(String essence) {
        return isUrlEncodedForm(essence) || essence.equals("multipart/form-data");
    }

    /** Whether it is {@code application/json}, or has the suffix {@code +json} (RFC 6839). */
    public static boolean isJson(String essence) {
        return essence.equals("application/json") || (essence.endsWith("+json") && essence.indexOf('/') > 0);
    }
}
