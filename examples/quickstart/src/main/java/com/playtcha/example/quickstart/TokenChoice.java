package com.playtcha.example.quickstart;

import java.util.Map;

/** What the stand-in widget offers: a token by the beginning that the stand-in service goes by. */
enum TokenChoice {
    OK("ok", Group.THROUGH, "200", "A human passed", "Playtcha confirms the visitor."),
    OK_DEGRADED(
            "ok-degraded",
            Group.THROUGH,
            "200",
            "Confirmed, degraded",
            "Confirmed. The flag is about the project's usage quota, never about the visitor."),
    SLOW("slow", Group.THROUGH, "200", "A slow answer", "Confirmed after 1.5 seconds, within the deadline of two."),
    DB_ERROR(
            "db-error",
            Group.THROUGH,
            "200",
            "An error on Playtcha's side",
            "It answers 500. By default the filter fails open: the sign-up is allowed, marked as unverified."),
    HANG(
            "hang",
            Group.THROUGH,
            "200",
            "No answer at all",
            "The deadline of two seconds passes. By default the filter then fails open."),

    SUCCESS_FALSE("success-false", Group.DENIED, "403", "Playtcha says no", "It answers 200 with success: false."),
    INVALID(
            "invalid",
            Group.DENIED,
            "403",
            "An invalid token",
            "Bad signature or claims; often a token of the wrong environment, test or live."),
    REDEEMED(
            "redeemed",
            Group.DENIED,
            "403",
            "A token that was used before",
            "A replay, or a form that was sent twice."),
    EXPIRED("expired", Group.DENIED, "403", "An expired token", "The visitor took longer than five minutes."),
    NONE("", Group.DENIED, "400", "No token", "The form has none, so Playtcha is not called."),

    RATE_LIMITED(
            "rate-limited-5",
            Group.NOBODY,
            "503",
            "Playtcha asks for a pause",
            "It answers 429 with Retry-After: 5. For five seconds every visitor is told to wait, and no call is made."),
    BAD_SECRET(
            "bad-secret",
            Group.NOBODY,
            "500",
            "The application's secret is wrong",
            "A mistake of the operator, so the visitor sees a server error."),
    UNKNOWN_PROJECT("unknown-project", Group.NOBODY, "500", "The project is gone", "Deleted, or it never existed.");

    /** Where a choice stands on the page. */
    enum Group {
        THROUGH,
        DENIED,
        NOBODY
    }

    private static final String CHOICE = """
            <label class="choice">
              <input type="radio" name="playtcha-response" value="{token}"{state}>
              <span class="choice-text">
                <span class="choice-title">{title}</span>
                <span class="choice-detail">{detail}</span>
              </span>
              <span class="choice-meta"><code>{name}</code><span class="status {tone}"><span class="unseen">answers </span>{status}</span></span>
            </label>""";

    private final String prefix;
    private final Group group;
    private final String status;
    private final String title;
    private final String detail;

    TokenChoice(String prefix, Group group, String status, String title, String detail) {
        this.prefix = prefix;
        this.group = group;
        this.status = status;
        this.title = title;
        this.detail = detail;
    }

    Group group() {
        return group;
    }

    /** A choice of the widget, with a token that was never used before. */
    Html radio(String unique) {
        return Html.fill(
                CHOICE,
                Map.of(
                        "token",
                        prefix.isEmpty() ? "" : prefix + "-" + unique,
                        "state",
                        this == OK ? new Html(" checked") : Html.NONE,
                        "title",
                        title,
                        "detail",
                        detail,
                        "name",
                        this == NONE ? "none" : prefix.equals("rate-limited-5") ? "rate-limited" : prefix,
                        "tone",
                        tone(),
                        "status",
                        status));
    }

    /** The choice to send a token once more; cannot be chosen where there was none. */
    static Html again(String token) {
        boolean known = !token.isEmpty();
        return Html.fill(
                CHOICE,
                Map.of(
                        "token",
                        token,
                        "state",
                        known ? Html.NONE : new Html(" disabled"),
                        "title",
                        "The same token again",
                        "detail",
                        known
                                ? "Your last sign-up's token. Tokens are single-use: once redeemed, never again."
                                : "The token of your last sign-up, once there was one.",
                        "name",
                        known ? token : "again",
                        "tone",
                        "bad",
                        "status",
                        "403"));
    }

    private String tone() {
        if (this == DB_ERROR || this == HANG || this == RATE_LIMITED) {
            return "notice";
        }
        return group == Group.THROUGH ? "good" : "bad";
    }
}
