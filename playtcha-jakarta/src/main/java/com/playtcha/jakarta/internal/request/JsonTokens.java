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
    /** As deep as a JSON body may nest; the application's own parser will have limits of its own. */
    private static final int MAX_DEPTH = 500;

    private JsonTokens() {}

    /**
     * Reads the token.
     *
     * @param json reads the body
     * @param body the whole of it; an empty one holds no token
     * @param charset the body's
     * @param pointer to the token
     * @param maxLength of the token in characters
     * @return the token, or why there is none
     */
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
