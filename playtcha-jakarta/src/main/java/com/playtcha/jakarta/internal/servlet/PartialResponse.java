package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/** What the scripts of Jakarta Faces and PrimeFaces understand as the answer to an Ajax request, with status 200 only. */
final class PartialResponse {
    static final String MEDIA_TYPE = "text/xml;charset=UTF-8";

    /** A parser refuses the whole document for any other character (XML 1.0, production 2). */
    private static final Pattern NOT_ALLOWED =
            Pattern.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

    private PartialResponse() {}

    /** Whether a script of Faces sent the request and reads nothing else. */
    static boolean isRequestedBy(HttpServletRequest request) {
        return "partial/ajax".equals(request.getHeader("Faces-Request"));
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
