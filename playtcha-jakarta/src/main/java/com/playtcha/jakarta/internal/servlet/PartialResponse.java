package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.http.HttpServletRequest;

/** What the scripts of Jakarta Faces and PrimeFaces understand as the answer to an Ajax request, with status 200 only. */
final class PartialResponse {
    static final String MEDIA_TYPE = "text/xml;charset=UTF-8";

    private static final int REPLACEMENT = 0xFFFD;

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

    /** A parser refuses the whole document for any other character (XML 1.0, production 2). */
    private static String clean(String text) {
        return text.codePoints()
                .map(character -> isAllowed(character) ? character : REPLACEMENT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isAllowed(int character) {
        return character >= 0x20
                ? character < 0xD800 || character > 0xDFFF && character != 0xFFFE && character != 0xFFFF
                : character == '\t' || character == '\n' || character == '\r';
    }
}
