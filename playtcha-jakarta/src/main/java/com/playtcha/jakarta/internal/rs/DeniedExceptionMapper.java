package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a {@link PlaytchaDeniedException} of a guarded bean with the same response as a denied request. */
final class DeniedExceptionMapper implements ExceptionMapper<PlaytchaDeniedException> {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRestFeature.class);

    private final RestGuard guard;

    DeniedExceptionMapper(RestGuard guard) {
        this.guard = guard;
    }

    @Override
    public Response toResponse(PlaytchaDeniedException denied) {
        Verification verification = denied.getVerification();
        try {
            return verification == null ? RestGuard.unknown() : guard.response(DenialResponse.of(verification));
        } catch (RuntimeException failure) {
            LOG.error("The response to a denial could not be written; the request is answered with 500", failure);
            return RestGuard.internalError();
        }
    }
}
