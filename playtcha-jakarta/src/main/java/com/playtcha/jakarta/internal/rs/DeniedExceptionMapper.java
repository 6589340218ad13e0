package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a {@link PlaytchaDeniedException} of a guarded bean with the same response as a denied request. */
final class DeniedExceptionMapper implements ExceptionMapper<PlaytchaDeniedException> {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRestFeature.class);

    private final RestGuard guard;

    /** Null where the REST implementation does not inject fields of registered instances. */
    @Context
    private @Nullable HttpHeaders request;

    DeniedExceptionMapper(RestGuard guard) {
        this.guard = guard;
    }

    @Override
    public Response toResponse(PlaytchaDeniedException denied) {
        Verification verification = denied.getVerification();
        try {
            return verification == null ? RestGuard.unknown() : guard.denied(verification, 0, headers());
        } catch (RuntimeException failure) {
            LOG.error("The response to a denial could not be written; the request is answered with 500", failure);
            return RestGuard.internalError();
        }
    }

    private MultivaluedMap<String, String> headers() {
        HttpHeaders current = request;
        return current == null ? new MultivaluedHashMap<>() : current.getRequestHeaders();
    }
}
