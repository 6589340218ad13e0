package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.request.MediaTypes;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/** What the scripts of Jakarta Faces and PrimeFaces understand as the answer to an Ajax request, with status 200 only. */
final class PartialResponse {
    static final String MEDIA_TYPE = "text/xml;charset=UTF-8";

    private static final String NAME = "Faces-Request";
    private static final String AJAX = "partial/ajax";

    /** A parser refuses the whole document for any other character (XML 1.0, production 2). */
    private static final Pattern NOT_ALLOWED =
            Pattern.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

    private PartialResponse() {}

    /**
     * Whether a script of Faces sent the request and reads nothing else. Mojarra sends a form with files by a hidden frame,
     * which cannot have a header, and so has a field of that name. Files are not read for it where no token was read either.
     */
    static boolean isRequestedBy(HttpServletRequest request, GuardSettings settings) {
        if (AJAX.equals(request.getHeader(NAME))) {
            return true;
        }
        if (settings.get(Setting.TOKEN_PARAM).isEmpty()
                || settings.get(Setting.TOKEN_HEADER)
                        .filter(name -> request.getHeader(name) != null)
                        .isPresent()) {
            return false;
        }
        try {
            return MediaTypes.isMultipartForm(MediaTypes.essence(request.getContentType()))
                    && AJAX.equals(ServletTokenRequest.readParameters(request, read -> read.getParameter(NAME)));
        } catch (RuntimeException refusedByContainer) {
            return false;
        }
    }

    /** Returns a response that makes the browser go to another page. */
    static String redirect(String url) {
        return of("<redirect url=\"" + escape(url) + "\"/>");
    }

    /** Returns a response that calls the error listeners of the page. MyFaces reads the message from a CDATA section only. */
    static String error(String name, String message) {
        return of("<error><error-name>" + escape(name) + "</error-name><error-message><![CDATA["
                + clean(message).replace("]]>", "]] >") + "]]></error-message></error>");
    }

    private static String of(String content) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><partial-response>" + content + "</partial-response>";
    }

    private static String escape(String text) {
        return clean(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String clean(String text) {
        return NOT_ALLOWED.matcher(text).replaceAll("\uFFFD");
    }
}
