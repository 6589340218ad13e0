package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** The request of one call, and how its response is read. */
interface ApiCall {
    /** Path and query as they are sent. */
    String path();

    /** JSON in UTF-8 for a POST; null for a GET. */
    byte @Nullable [] body();

    /** A response body beyond this size is not read. */
    int maxBytes();

    /** Reads status line and headers. */
    UpstreamResponse.HttpReply head(HttpResponse response);

    /**
     * Reads the complete response.
     *
     * @param body null if it is too large or encoded, so that it cannot be an answer
     */
    UpstreamResponse.HttpReply parseBody(UpstreamResponse.HttpReply head, byte @Nullable [] body);
}
