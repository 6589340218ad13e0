package com.playtcha.jakarta.internal.request;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds one field of {@code application/x-www-form-urlencoded} (URL Standard, section 5) where no container has parsed
 * the form.
 */
public final class FormFields {
    /** {@link URLDecoder} would accept signs and the digits of every script. */
    private static final Pattern BAD_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private FormFields() {}

    /** Adds the values of one field of a body; returns false for a body that is no form. */
    public static boolean collect(byte[] body, Charset charset, String name, List<String> values) {
        return collect(new String(body, charset), charset, name, values);
    }

    /** The same for a query without its question mark. */
    public static boolean collect(String query, String name, List<String> values) {
        return collect(query, StandardCharsets.UTF_8, name, values);
    }

    private static boolean collect(String encoded, Charset charset, String name, List<String> values) {
        if (BAD_PERCENT.matcher(encoded).find()) {
            return false;
        }
        for (String field : encoded.split("&")) {
            int equals = field.indexOf('=');
            String key = equals < 0 ? field : field.substring(0, equals);
            if (URLDecoder.decode(key, charset).equals(name)) {
                values.add(equals < 0 ? "" : URLDecoder.decode(field.substring(equals + 1), charset));
            }
        }
        return true;
    }
}
