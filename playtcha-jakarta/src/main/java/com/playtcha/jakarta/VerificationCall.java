package com.playtcha.jakarta;

import java.net.URI;
import java.util.Objects;

/**
 * A call to Playtcha that begins, as {@link VerificationListener#onCall} receives it: who makes it and where it goes. It
 * contains neither the secret nor the token. Immutable.
 *
 * @since 0.1
 */
public final class VerificationCall {
    private final String guard;
    private final URI url;

    /**
     * Creates the description of a call.
     *
     * @param guard the guard's name; {@code default} for the unnamed guard
     * @param url the address, without user-info and query
     */
    public VerificationCall(String guard, URI url) {
        this.guard = Objects.requireNonNull(guard, "guard");
        this.url = Objects.requireNonNull(url, "url");
    }

    /**
     * Returns the name of the guard that makes the call.
     *
     * @return the name; {@code default} for the unnamed guard; never null
     */
    public String getGuard() {
        return guard;
    }

    /**
     * Returns the address that is called. The method is always {@code POST}.
     *
     * @return an http or https URL without user-info and query; never null
     */
    public URI getUrl() {
        return url;
    }

    /**
     * Returns the port that is called.
     *
     * @return the URL's port, or the default port of its scheme
     */
    public int getPort() {
        int port = url.getPort();
        return port > 0 ? port : "https".equals(url.getScheme()) ? 443 : 80;
    }

    @Override
    public String toString() {
        return "VerificationCall[" + guard + ", POST " + url + "]";
    }
}
