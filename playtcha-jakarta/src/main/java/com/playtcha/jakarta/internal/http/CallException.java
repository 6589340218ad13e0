package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import java.io.IOException;

/** A call failed. The message is for the log and contains neither secret nor token. */
final class CallException extends IOException {
    private static final long serialVersionUID = 1L;

    final Reason reason;
    final boolean sent;

    /** {@code sent} is true if writing the request had begun. */
    CallException(Reason reason, String message, boolean sent) {
        super(message);
        this.reason = reason;
        this.sent = sent;
    }

    /** A proxy's own response is never Playtcha's (contract, section 2). */
    static CallException proxyRefused(int status) {
        return new CallException(Reason.PROXY, "The proxy answered " + status, false);
    }
}
