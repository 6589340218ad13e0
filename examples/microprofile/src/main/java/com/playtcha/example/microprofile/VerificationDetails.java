package com.playtcha.example.microprofile;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.util.LinkedHashMap;
import java.util.Map;

/** A verification as names and values. For you, who builds it: real visitors need not see this. */
final class VerificationDetails {
    private VerificationDetails() {}

    /** What is in {@code error} comes from the network: a page escapes it, as anything that a visitor typed in. */
    static Map<String, Object> of(Verification verification) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("outcome", verification.getOutcome().name());
        details.put("reason", verification.getReason().getLabel());
        details.put("allowed", verification.isAllowed());
        details.put("degraded", verification.isDegraded());
        UpstreamError error = verification.getError();
        if (error != null) {
            details.put("error.status", error.getStatus());
            details.put("error.code", error.getCode());
            details.put("error.message", error.getMessage());
            details.put("error.requestId", error.getRequestId());
        }
        return details;
    }
}
