package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.UpstreamResult.Answer;
import com.playtcha.jakarta.internal.gate.UpstreamResult.Failure;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Results of calls of one project, for tests without a transport. */
public final class TestResults {
    public static final Project PROJECT = new Project("project", "project");

    private TestResults() {}

    public static Endpoint endpoint(String host) {
        return new Endpoint(host, URI.create("https://" + host));
    }

    public static Answer answer(int status, Map<String, ?> members) {
        return answer(status, members, null, null);
    }

    public static Answer answer(int status, Map<String, ?> members, Duration retryAfter, String location) {
        return Answer.of(status, new LinkedHashMap<>(members), retryAfter, location, Duration.ZERO, PROJECT);
    }

    /** Ends a breaker's call with a response. */
    public static void succeed(Breaker.Permission permission) {
        permission.onResult(answer(200, Map.of("success", true)));
    }

    /** Ends a breaker's call without a response. */
    public static void fail(Breaker.Permission permission) {
        permission.onResult(failure(Reason.TIMEOUT, "no response", true));
    }

    public static Failure failure(Reason reason, String detail, boolean sent) {
        return new Failure(reason, detail, sent, Duration.ZERO, PROJECT);
    }
}
