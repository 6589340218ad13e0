package com.playtcha.example.quickstart;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the guard decided since the start, for the live page. A listener like this could write an audit log or count
 * metrics.
 */
public class Activity implements ServletContextListener, VerificationListener {
    static final String ATTRIBUTE = "activity";
    private static final int KEPT = 12;

    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final Deque<Map<String, Object>> last = new ArrayDeque<>();
    private String breaker = "CLOSED";
    private boolean throttled;
    private long number;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        PlaytchaGuards guards = (PlaytchaGuards) event.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
        guards.addListener(this);
        event.getServletContext().setAttribute(ATTRIBUTE, this);
    }

    @Override
    public synchronized void onVerification(String guard, Verification verification) {
        counts.merge(group(verification), 1, Integer::sum);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("number", ++number);
        row.put("group", group(verification));
        row.put("outcome", verification.getOutcome().name());
        row.put("reason", verification.getReason().getLabel());
        row.put("allowed", verification.isAllowed());
        row.put("degraded", verification.isDegraded());
        row.put("milliseconds", verification.getDuration().toMillis());
        last.addFirst(row);
        if (last.size() > KEPT) {
            last.removeLast();
        }
    }

    /** The line of the chart that a decision belongs to. */
    private static String group(Verification verification) {
        if (verification.getOutcome() == Outcome.VERIFIED) {
            return verification.isDegraded() ? "degraded" : "verified";
        }
        if (verification.getOutcome() == Outcome.EXEMPT) {
            return "exempt";
        }
        return verification.isAllowed() ? "unverified" : "denied";
    }

    @Override
    public synchronized void onBreakerChange(BreakerChange change) {
        breaker = change.to().name();
    }

    @Override
    public synchronized void onThrottleChange(ThrottleChange change) {
        throttled = change.throttled();
    }

    /** Everything, as members of a JSON object. */
    synchronized Map<String, Object> snapshot() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("counts", new LinkedHashMap<>(counts));
        members.put("breaker", breaker);
        members.put("throttled", throttled);
        members.put("last", List.copyOf(new ArrayList<>(last)));
        return members;
    }
}
