package com.playtcha.jakarta.internal.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Just enough of media types (RFC 9110, section 8.3.1) to tell JSON and forms from the rest. Never throws. */
public final class MediaTypes {
    private MediaTypes() {}

    /**
     * The type and subtype.
     *
     * @param contentType a header's value, with or without parameters; null for none
     * @return in lower case, without parameters or white space around it; empty for none
     */
    public static String essence(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int semicolon = contentType.indexOf(';');
        String essence = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return essence.strip().toLowerCase(Locale.ROOT);
    }

    /**
     * The value of the parameter {@code charset}.
     *
     * @param contentType a header's value; null for none
     * @return as it was sent, without quotes; null where there is none
     */
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

    /**
     * Whether it is a form whose fields stand in its body as they would in a query.
     *
     * @param essence as {@link #essence} gives it
     * @return false for the empty string
     */
    public static boolean isUrlEncodedForm(String essence) {
        return essence.equals("application/x-www-form-urlencoded");
    }

    /**
     * Whether it is a form, whose fields the container makes parameters.
     *
     * @param essence as {@link #essence} gives it
     * @return false for the empty string
     */
    public static boolean isForm(String essence) {
        return isUrlEncodedForm(essence) || essence.equals("multipart/form-data");
    }

    /**
     * Whether it is {@code application/json}, or has the suffix {@code +json} (RFC 6839).
     *
     * @param essence as {@link #essence} gives it
     * @return false for the empty string
     */
    public static boolean isJson(String essence) {
        return essence.equals("application/json") || (essence.endsWith("+json") && essence.indexOf('/') > 0);
    }
}
