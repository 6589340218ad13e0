package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.jspecify.annotations.Nullable;

/** What one call asks, and how its answer is read. Made and used on a worker, so it may look at a file. */
interface Question {

    /** The method; one without meaning for a body where there is none. */
    Method method();

    /** Path and query as they are sent. */
    String target();

    /** JSON in UTF-8; null for a request without a body. */
    byte @Nullable [] body();

    /** How much of the answer's body is read; a larger one is no answer. */
    int mostBytes();

    /** What status line and headers alone say. */
    UpstreamResponse.HttpReply head(HttpResponse response);

    /**
     * The whole answer.
     *
     * @param body null where it is too large or encoded, so that it cannot be an answer
     */
    UpstreamResponse.HttpReply whole(UpstreamResponse.HttpReply head, byte @Nullable [] body);

    /** The text of an error without what must not be shown. */
    String masked(String text);
}
