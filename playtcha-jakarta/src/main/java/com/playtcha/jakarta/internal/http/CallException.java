package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call failed for a reason that the type of another exception would not express. */
final class CallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    CallException(Reason reason, String message, @Nullable Exception cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** A proxy's own response is never Playtcha's (contract, section 2). */
    static CallException proxyRefused(int status) {
        return new CallException(Reason.PROXY, "The proxy answered " + status, null);
    }

    Reason reason() {
        return reason;
    }
}
