package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.json.JsonPointer;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.nio.charset.Charset;
import java.util.List;

/** Finds the token in a JSON body (contract, section 5). */
public final class JsonTokens {
    /** The nesting that is accepted; the application's own parser has limits of its own. */
    private static final int MAX_DEPTH = 500;

    private JsonTokens() {}

    /** Finds the token; an empty body holds none. */
    public static PresentedToken find(
            StrictJson json, byte[] body, Charset charset, JsonPointer pointer, int maxLength) {
        if (body.length == 0) {
            return PresentedToken.missing(Reason.TOKEN_ABSENT);
        }
        Object value;
        try {
            value = pointer.find(json.readObject(body, charset, MAX_DEPTH));
        } catch (JsonReadException e) {
            return PresentedToken.missing(Reason.BODY_UNREADABLE);
        }
        if (value == null) {
            return PresentedToken.missing(Reason.TOKEN_ABSENT);
        }
        return value instanceof String text
                ? PresentedToken.of(List.of(text), maxLength)
                : PresentedToken.missing(Reason.TOKEN_MALFORMED);
    }
}
