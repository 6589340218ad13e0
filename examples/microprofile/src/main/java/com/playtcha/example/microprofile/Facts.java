package com.playtcha.example.microprofile;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.util.LinkedHashMap;
import java.util.Map;

/** A verification as names and values. For you, who builds it: real visitors need not see this. */
final class Facts {
    private Facts() {}

    /** What is in {@code error} comes from the network: a page escapes it, as anything that a visitor typed in. */
    static Map<String, Object> of(Verification verification) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("outcome", verification.getOutcome().name());
        facts.put("reason", verification.getReason().getLabel());
        facts.put("allowed", verification.isAllowed());
        facts.put("degraded", verification.isDegraded());
        UpstreamError error = verification.getError();
        if (error != null) {
            facts.put("error.status", error.getStatus());
            facts.put("error.code", error.getCode());
            facts.put("error.message", error.getMessage());
            facts.put("error.requestId", error.getRequestId());
        }
        return facts;
    }
}
