package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Verification;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Answers a {@link PlaytchaDeniedException} of a guarded bean with the same response as a denied request. */
final class DeniedExceptionMapper implements ExceptionMapper<PlaytchaDeniedException> {
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
        HttpHeaders current = request;
        return verification == null
                ? RestGuard.unknown()
                : guard.denied(
                        verification, 0, current == null ? new MultivaluedHashMap<>() : current.getRequestHeaders());
    }
}
