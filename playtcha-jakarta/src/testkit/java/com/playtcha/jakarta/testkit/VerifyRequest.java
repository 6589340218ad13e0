package com.playtcha.jakarta.testkit;

import java.util.Locale;

/** Validates that an HTTP request is a verify request. */
final class VerifyRequest {

    /** Thrown for anything but a verify request, with the reason and the reply. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;
        private final transient Reply reply;

        Refused(String why, Reply reply) {
            super(why, null, false, false);
            this.why = why;
            this.reply = reply;
        }

        String why() {
            return why;
        }

        Reply reply() {
            return reply;
        }
    }

    private VerifyRequest() {}

    static VerifyBody read(RawRequest request, String path) throws Refused {
        RawRequest.Problem problem = request.problem();
        if (problem != null) {
            throw refused(request, problem.status(), "bad_request", problem.text());
        }
        if (!pathOf(request.target()).equals(path)) {
            throw refused(request, 404, "not_found", "there is nothing but " + path);
        }
        if (!request.method().equals("POST")) {
            Refused refused = refused(request, 405, "method_not_allowed", "only POST is allowed");
            throw new Refused(refused.why(), refused.reply().header("Allow", "POST"));
        }
        String type = request.header("Content-Type");
        if (type == null || !isJson(type)) {
            throw refused(request, 415, "unsupported_media_type", "the content type is to be application/json");
        }
        if (request.header("Content-Encoding") != null) {
            throw refused(request, 415, "unsupported_media_type", "the body is to be sent without a coding");
        }
        try {
            return VerifyBody.parse(request.body());
        } catch (VerifyBody.Malformed e) {
            throw refused(request, 400, "bad_request", e.why());
        }
    }

    private static Refused refused(RawRequest request, int status, String code, String why) {
        String what = request.problem() == null ? request.method() + " " + pathOf(request.target()) : "unreadable";
        return new Refused(what + ": " + status + ", " + why, Reply.error(status, code, why));
    }

    /** RFC 9112, section 3.2.2: a server accepts the absolute form too. */
    private static String pathOf(String target) {
        String lower = target.toLowerCase(Locale.ROOT);
        if (lower.startsWith("http://") || lower.startsWith("https://")) {
            int slash = target.indexOf('/', target.indexOf("://") + 3);
            return slash < 0 ? "/" : target.substring(slash);
        }
        return target;
    }

    private static boolean isJson(String contentType) {
        String[] parts = contentType.split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase("application/json")) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT).replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return true;
    }
}
