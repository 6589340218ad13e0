package com.playtcha.jakarta.internal.request;

import java.nio.charset.Charset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Distinguishes JSON and forms from other media types (RFC 9110, section 8.3.1). */
public final class MediaTypes {
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset=\\s*\"?([^\";]*)", Pattern.CASE_INSENSITIVE);

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

    /**
     * Returns the charset that a content type names, or the default.
     *
     * @throws IllegalArgumentException for an unknown charset
     */
    public static Charset charset(@Nullable String contentType, Charset otherwise) {
        Matcher named = CHARSET.matcher(contentType == null ? "" : contentType);
        return named.find() ? Charset.forName(named.group(1).strip()) : otherwise;
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
