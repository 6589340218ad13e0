package com.playtcha.jakarta;

import java.net.URI;
import java.util.Objects;

/**
 * A call to Playtcha that begins, as {@link VerificationListener#onCall} receives it: who makes it and where it goes. The
 * method is always {@code POST}. It contains neither the secret nor the token.
 *
 * @param guard the name of the guard that makes the call; {@code default} for the unnamed guard; never null
 * @param url the http or https address that is called, without user-info and query; never null
 * @since 0.1
 */
public record VerificationCall(String guard, URI url) {

    /**
     * Creates the description of a call.
     *
     * @throws NullPointerException if an argument is null
     */
    public VerificationCall {
        Objects.requireNonNull(guard, "guard");
        Objects.requireNonNull(url, "url");
    }

    /**
     * Returns the port that is called.
     *
     * @return the URL's port, or the default port of its scheme
     */
    public int port() {
        int port = url.getPort();
        return port > 0 ? port : "https".equals(url.getScheme()) ? 443 : 80;
    }
}
