package com.playtcha.jakarta.internal.request;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Distinguishes JSON and forms from other media types (RFC 9110, sections 8.3.1 and 12.5.1). */
public final class MediaTypes {
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset=\\s*\"?([^\";]*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern WEIGHT = Pattern.compile(";\\s*[qQ]=([^;]*)");
    private static final Pattern VALID_WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

    /** The characters of the shortest range that counts. */
    private static final int MIN_RANGE_LENGTH = "x/+json".length();

    private MediaTypes() {}

    /** Returns type and subtype in lower case, without parameters; empty for null. */
    public static String essence(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
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

    /** Whether it is that of a form with files. */
    public static boolean isMultipartForm(String essence) {
        return essence.equals("multipart/form-data");
    }

    /** Whether the container parses the body into parameters. */
    public static boolean isForm(String essence) {
        return isUrlEncodedForm(essence) || isMultipartForm(essence);
    }

    /** Whether it is {@code application/json}, or has the suffix {@code +json} (RFC 6839). */
    public static boolean isJson(String essence) {
        return essence.equals("application/json") || (essence.endsWith("+json") && essence.indexOf('/') > 0);
    }

    /**
     * Whether a denial is answered as JSON and not as HTML. Only ranges of {@code Accept} that name one of them count,
     * since browsers and scripts alike send {@code *}{@code /*}; without any, the content type of the request decides.
     */
    public static boolean prefersJson(List<String> accept, @Nullable String contentType) {
        double json = -1;
        double html = -1;
        for (String header : accept) {
            // One by one, and none that is too short: all ranges at once take many times the size of the header.
            for (int from = 0, end; from < header.length(); from = end + 1) {
                int comma = header.indexOf(',', from);
                end = comma < 0 ? header.length() : comma;
                if (end - from < MIN_RANGE_LENGTH) {
                    continue;
                }
                String range = header.substring(from, end);
                String essence = essence(range);
                if (isJson(essence)) {
                    json = Math.max(json, weight(range));
                } else if (essence.equals("text/html") || essence.equals("application/xhtml+xml")) {
                    html = Math.max(html, weight(range));
                }
            }
        }
        return json < 0 && html < 0 ? isJson(essence(contentType)) : json > 0 && json > html;
    }

    /** Returns the {@code q} of a range, 1 where it has none, and -1 (as if not named) where it is no valid weight. */
    private static double weight(String range) {
        Matcher q = WEIGHT.matcher(range);
        String weight = q.find() ? q.group(1).strip() : "1";
        return VALID_WEIGHT.matcher(weight).matches() ? Double.parseDouble(weight) : -1;
    }
}
