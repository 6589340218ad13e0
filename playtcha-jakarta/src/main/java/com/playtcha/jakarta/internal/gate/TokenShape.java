package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import java.util.List;

/**
 * What a token may look like before anyone is asked about it (contract, section 2): a token of a strange shape could
 * make the service fail, and a failing service opens the door.
 */
public final class TokenShape {
    private TokenShape() {}

    /**
     * Reads the token among the values that one source carries.
     *
     * @param values of one header, parameter or pointer; blank ones count as absent
     * @param maxLength in characters
     * @return the token, or why there is none
     */
    public static TokenReading read(List<String> values, int maxLength) {
        List<String> present =
                values.stream().filter(value -> !value.isBlank()).distinct().toList();
        if (present.isEmpty()) {
            return new TokenReading.NoToken(Reason.TOKEN_ABSENT);
        }
        if (present.size() > 1) {
            return new TokenReading.NoToken(Reason.TOKEN_AMBIGUOUS);
        }
        String token = present.get(0);
        if (token.length() > maxLength) {
            return new TokenReading.NoToken(Reason.TOKEN_TOO_LONG);
        }
        if (!token.chars().allMatch(c -> c >= 0x21 && c <= 0x7e)) {
            return new TokenReading.NoToken(Reason.TOKEN_MALFORMED);
        }
        return new TokenReading.Token(token);
    }
}
