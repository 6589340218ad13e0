package com.playtcha.jakarta;

/**
 * The names of the request attributes that guards set, for servlets, pages and filters of Jakarta REST, where they are
 * properties of the request. Except for {@link #NAME}, each is absent until a guard has decided on the request. {@link Verification#from} reads the
 * first of them.
 *
 * @since 0.1
 */
public final class PlaytchaAttributes {
    /** The {@link Verification}; the short name is for Expression Language: {@code ${playtcha.outcome}}. */
    public static final String VERIFICATION = "playtcha";

    /** The {@link Verification} again, under a name like those of the others. */
    public static final String RESULT = "playtcha.result";

    /** The name of the {@link Outcome}: a {@code String}. */
    public static final String OUTCOME = "playtcha.outcome";

    /** Whether every guard so far allowed the request: a {@code Boolean}. False after an error of this library. */
    public static final String ALLOWED = "playtcha.allowed";

    /**
     * Whether a token is required: a {@code Boolean}, also on requests with a safe method, where it tells a page whether
     * to show the widget.
     */
    public static final String REQUIRED = "playtcha.required";

    /**
     * The name for which {@code after-failures} counts: a {@code String} that the application may set before the guard
     * decides, such as the name with which somebody tries to log in. Without it, the name of the user who is logged in.
     */
    public static final String NAME = "playtcha.name";

    /** Whether Playtcha signals a usage band: a {@code Boolean}. */
    public static final String DEGRADED = "playtcha.degraded";

    /** The code in Playtcha's error envelope: a {@code String}, absent where there is none. */
    public static final String ERROR_CODE = "playtcha.error-code";

    /** The request id in Playtcha's error envelope: a {@code String}, absent where there is none. */
    public static final String REQUEST_ID = "playtcha.request-id";

    /** The id of the late verdict: a {@code String}, absent unless the request is tracked. */
    public static final String DEFERRAL_ID = "playtcha.deferral-id";

    /** Why a request was denied, one sentence in the visitor's language: a {@code String}, on denied requests only. */
    public static final String TITLE = "playtcha.title";

    /** What a denied visitor can do, in the visitor's language: a {@code String}, on denied requests only. */
    public static final String DETAIL = "playtcha.detail";

    /**
     * The language of title and detail, such as {@code de}, for {@code lang} in a page: a {@code String}, absent for
     * texts of the application's own that name no language.
     */
    public static final String LANGUAGE = "playtcha.language";

    /** The method of a request whose error or failure page sees a {@code GET}, such as a denied one: a {@code String}. */
    public static final String METHOD = "playtcha.method";

    private PlaytchaAttributes() {}
}
