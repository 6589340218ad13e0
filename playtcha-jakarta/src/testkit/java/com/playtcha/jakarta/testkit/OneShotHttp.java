package com.playtcha.jakarta.testkit;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;

/**
 * Makes the JDK's HTTP client open a connection for each request. By default that client keeps connections, and a POST on
 * one that the server has closed in the meantime fails with "header parser received no bytes": a test that redeploys an
 * application, or whose server closes after an unread body, fails now and then.
 *
 * <p>Call {@link #clientBuilder()} before anything else in the process uses the JDK's client, or start the process with
 * {@code -Djdk.httpclient.allowRestrictedHeaders=connection}: that client reads the property once.
 */
public final class OneShotHttp {
    private static final String ALLOWED_HEADERS = "jdk.httpclient.allowRestrictedHeaders";

    static {
        if (System.getProperty(ALLOWED_HEADERS) == null) {
            System.setProperty(ALLOWED_HEADERS, "connection");
        }
    }

    private OneShotHttp() {}

    /** Returns a builder of a client that speaks HTTP/1.1. */
    public static HttpClient.Builder clientBuilder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    }

    /**
     * Returns a builder of a request that closes its connection.
     *
     * @param uri the request's address
     */
    public static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).header("Connection", "close");
    }
}
