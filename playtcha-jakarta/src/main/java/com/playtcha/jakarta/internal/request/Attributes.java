package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The request attributes an application reads (contract, section 5). Their names are public API. */
public final class Attributes {
    /** The method of a denied request, whose failure page or error page sees a GET. */
    public static final String METHOD = "playtcha.method";

    /** The title of a denial in the visitor's language, for a failure page or error page. */
    public static final String TITLE = "playtcha.title";

    /** What a denied visitor can do, likewise. */
    public static final String DETAIL = "playtcha.detail";

    static final String VERIFICATION = "playtcha";
    static final String RESULT = "playtcha.result";
    static final String OUTCOME = "playtcha.outcome";
    static final String ALLOWED = "playtcha.allowed";
    static final String DEGRADED = "playtcha.degraded";
    static final String ERROR_CODE = "playtcha.error-code";
    static final String REQUEST_ID = "playtcha.request-id";
    static final String DEFERRAL_ID = "playtcha.deferral-id";

    private Attributes() {}

    /**
     * Sets all attributes to the decisions so far. One without a value is removed, since an earlier guard may have set
     * it. After an error of this library there is no verification, only {@code allowed=false}. The deferral id of the
     * first guard that tracked the request stays.
     */
    public static void publish(BiConsumer<String, @Nullable Object> request, RequestVerifications verifications) {
        Verification verification = verifications.latest();
        UpstreamError error = verification == null ? null : verification.getError();
        request.accept(VERIFICATION, verification);
        request.accept(RESULT, verification);
        request.accept(
                OUTCOME, verification == null ? null : verification.getOutcome().name());
        request.accept(ALLOWED, verification != null && verification.isAllowed());
        request.accept(DEGRADED, verification == null ? null : verification.isDegraded());
        request.accept(ERROR_CODE, error == null ? null : error.getCode());
        request.accept(REQUEST_ID, error == null ? null : error.getRequestId());
        request.accept(DEFERRAL_ID, verifications.deferralId());
    }
}
