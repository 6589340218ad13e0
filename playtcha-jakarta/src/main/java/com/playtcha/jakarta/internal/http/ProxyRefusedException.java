package com.playtcha.jakarta.internal.http;

import java.io.IOException;

/** The proxy answered in Playtcha's place: what it says is never a verdict (contract, section 2). */
final class ProxyRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    ProxyRefusedException(Exception cause) {
        super("the proxy's answer is not HTTP", cause);
    }

    ProxyRefusedException(int status) {
        super("the proxy answered " + status);
    }
}
