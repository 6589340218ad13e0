package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Maps a call that ended without a complete response to a reason. */
final class FailureMapper {
    private FailureMapper() {}

    /**
     * A 4xx or 5xx counts although its body was cut off: the status alone decides (contract, section 2). A 2xx without
     * its body says nothing.
     */
    static UpstreamResponse response(
            UpstreamResponse.@Nullable HttpReply head, RunningCall.@Nullable End end, Exception e, boolean sent) {
        if (head != null && (head.status() < 200 || head.status() > 299)) {
            return head;
        }
        if (end == RunningCall.End.TIMEOUT || e instanceof TimeoutException) {
            return new UpstreamResponse.CallFailure(Reason.TIMEOUT, "no complete response in time", sent);
        }
        Exception cause = e instanceof ExecutionException && e.getCause() instanceof Exception inner ? inner : e;
        return new UpstreamResponse.CallFailure(reason(cause), detail(cause), sent);
    }

    /** Returns the reply of a status line alone; a throttle without its Retry-After lasts one second. */
    static UpstreamResponse.HttpReply statusAlone(int status) {
        return UpstreamResponse.HttpReply.ofHead(status, status == 429 ? Duration.ofSeconds(1) : null, null);
    }

    /** HttpClient's messages quote the response, which may repeat the secret: only their class is shown. */
    private static String detail(Exception e) {
        boolean quotes = e.getClass().getName().startsWith("org.apache.hc.");
        return quotes ? e.getClass().getSimpleName() : e.toString();
    }

    private static Reason reason(Exception e) {
        if (e instanceof CallException known) {
            return known.reason();
        }
        if (e instanceof UnknownHostException) {
            return Reason.DNS;
        }
        if (e instanceof SSLException) {
            return Reason.TLS;
        }
        return e instanceof SocketTimeoutException ? Reason.TIMEOUT : Reason.IO;
    }
}
