package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;

/** What a request carried as its token: one that may be verified, or the reason why there is none. */
public sealed interface TokenReading {

    /**
     * A token of the right shape.
     *
     * @param value visible ASCII, not blank, within the guard's {@code max-token-length}
     */
    record Token(String value) implements TokenReading {
        @Override
        public boolean equals(Object other) {
            return other instanceof Token that && value.equals(that.value);
        }

        @Override
        public int hashCode() {
            return value.hashCode();
        }

        @Override
        public String toString() {
            return "Token";
        }
    }

    /**
     * No usable token.
     *
     * @param reason of outcome {@code NO_TOKEN}
     */
    record NoToken(Reason reason) implements TokenReading {
        @Override
        public boolean equals(Object other) {
            return other instanceof NoToken that && reason == that.reason;
        }

        @Override
        public int hashCode() {
            return reason.hashCode();
        }
    }
}
