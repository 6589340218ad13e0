package com.playtcha.jakarta.internal.http;

import java.io.IOException;

/** No connection could be made to any address: told apart from a connection that broke later. */
final class ConnectFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectFailedException(IOException cause) {
        super(cause.toString(), cause);
    }
}
