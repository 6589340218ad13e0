package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a call that did not end with a whole answer means. */
final class Incomplete {
    private Incomplete() {}

    /**
     * A refusal stays one although its explanation was cut off: the status alone denies (contract, section 2). A 2xx
     * without its body says nothing.
     */
    static UpstreamResponse answer(UpstreamResponse.@Nullable HttpReply head, UpstreamResponse.CallFailure failure) {
        return head == null || (head.status() >= 200 && head.status() <= 299) ? failure : head;
    }

    /** What the status line alone says; a throttle without its Retry-After is one second. */
    static UpstreamResponse.HttpReply statusAlone(int status) {
        Duration retryAfter = status == 429 ? Duration.ofSeconds(1) : null;
        return new UpstreamResponse.HttpReply(status, null, false, Map.of(), null, retryAfter, null);
    }

    static UpstreamResponse.CallFailure failure(Exception e, boolean sent, Question question) {
        return new UpstreamResponse.CallFailure(reason(e), question.masked(detail(e)), sent);
    }

    /** The HTTP client's texts quote the answer, which may repeat the request and be cut anywhere: its class must do. */
    private static String detail(Exception e) {
        boolean quotes = e.getClass().getName().startsWith("org.apache.hc.");
        return quotes ? e.getClass().getSimpleName() : e.toString();
    }

    private static Reason reason(Exception e) {
        if (e instanceof ProxyRefusedException) {
            return Reason.PROXY;
        }
        if (e instanceof UnknownHostException) {
            return Reason.DNS;
        }
        if (e instanceof ConnectFailedException) {
            return Reason.CONNECT;
        }
        if (e instanceof SSLException) {
            return Reason.TLS;
        }
        if (e instanceof SocketTimeoutException || e instanceof TimeoutException) {
            return Reason.TIMEOUT;
        }
        return Reason.IO;
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Closing is all that was wanted of it.
        }
    }
}
