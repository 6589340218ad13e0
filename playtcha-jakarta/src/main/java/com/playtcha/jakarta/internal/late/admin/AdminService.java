package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does what an operator requests of one engine, by the command or by JMX. All texts of its responses are safe to print.
 * Thread-safe.
 */
public final class AdminService {
    private static final int SHOWN_OF_ERROR = 1000;

    private final DeadLetters deadLetters;
    private final LateTasks tasks;
    private final LateMetrics metrics;
    private final @Nullable SpoolDirectory spool;
    private final Clock clock;

    /** Works whether or not the engine runs; the spool is null where the engine has none. */
    public AdminService(LateEngine engine, @Nullable SpoolDirectory spool, Clock clock) {
        this.deadLetters = engine.deadLetters();
        this.tasks = engine.inbox();
        this.metrics = engine.metrics();
        this.spool = spool;
        this.clock = clock;
    }

    Map<String, @Nullable Object> respond(AdminRequest request) {
        String id = request.id() == null ? "" : request.id();
        try {
            return switch (request.command()) {
                case LIST -> list(request.limit());
                case SHOW -> show(id, request.withResult());
                case RETRY -> deadLetters.retry(id) ? done("Due now: " + TerminalText.id(id)) : none(id, find(id));
                case RETRY_ALL -> retryAll();
                case DISCARD ->
                    deadLetters.discard(id) ? done("Discarded: " + TerminalText.id(id)) : none(id, find(id));
            };
        } catch (LateUnavailableException e) {
            return AdminResponse.of(
                    AdminResponse.UNREACHABLE,
                    "The store does not work: " + TerminalText.text(String.valueOf(e.getMessage())));
        }
    }

    private static Map<String, @Nullable Object> done(@Nullable String message) {
        return AdminResponse.of(AdminResponse.DONE, message);
    }

    private Map<String, @Nullable Object> list(int limit) {
        long before = storeFailures();
        List<LateItem> found = deadLetters.list(limit + 1);
        Instant now = clock.instant();
        List<Map<String, @Nullable Object>> items = new ArrayList<>();
        found.stream().limit(limit).forEach(item -> items.add(members(item, now)));
        Map<String, @Nullable Object> response = done(null);
        response.put("items", items);
        response.put("more", found.size() > limit);
        // A list leaves out a store that fails, and only logs that.
        response.put("store_unread", storeFailures() > before);
        response.put("damaged", spool == null ? 0 : spool.load().damaged());
        return response;
    }

    private long storeFailures() {
        return metrics.getCounters().getOrDefault("store-failed", 0L);
    }

    private Map<String, @Nullable Object> show(String id, boolean withResult) {
        Optional<LateItem> item = find(id);
        if (item.isEmpty() || (!isSpooled(item.get()) && item.get().state() != LateState.DEAD_LETTER)) {
            return none(id, item);
        }
        Map<String, @Nullable Object> response = done(null);
        response.put("item", members(item.get(), clock.instant()));
        response.put(
                "result", deadLetters.show(id).map(r -> members(r, withResult)).orElse(null));
        return response;
    }

    private static boolean isSpooled(LateItem item) {
        return item.spooled() && item.state() != LateState.DISCARDED;
    }

    private Optional<LateItem> find(String id) {
        Optional<LateItem> spooled =
                spool == null ? Optional.empty() : spool.find(id).map(SpoolEntry::item);
        return spooled.isPresent() || !Ids.isValid(id) ? spooled : tasks.find(id);
    }

    private static Map<String, @Nullable Object> none(String id, Optional<LateItem> item) {
        return AdminResponse.of(
                AdminResponse.NONE,
                "There is no dead letter and no spooled item with this id: " + TerminalText.id(id)
                        + item.map(known -> " (it is " + known.state() + ")").orElse(""));
    }

    private Map<String, @Nullable Object> retryAll() {
        int due = deadLetters.retryAll();
        return done("Due now: " + due + (due == 1 ? " item" : " items"));
    }

    private static Map<String, @Nullable Object> members(LateItem item, Instant now) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", TerminalText.id(item.id()));
        members.put("kind", item.kind().name());
        members.put("state", isSpooled(item) ? "SPOOLED" : item.state().name());
        members.put("outcome", item.outcome() == null ? null : item.outcome().name());
        members.put("where", item.spooled() ? "spool" : "store");
        members.put("tracked", item.tracked());
        members.put("attempts", item.attempts());
        members.put("failures", item.spooled() ? null : item.failures());
        members.put("created_at", item.createdAt().toString());
        members.put("updated_at", item.updatedAt().toString());
        members.put("due_at", item.dueAt().toString());
        members.put("age_seconds", seconds(item.createdAt(), now));
        members.put("due_in_seconds", seconds(now, item.dueAt()));
        String error = item.lastError();
        members.put("last_error", error == null ? null : TerminalText.text(error, SHOWN_OF_ERROR));
        return members;
    }

    private static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }

    private static Map<String, @Nullable Object> members(LateResult result, boolean whole) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("outcome", result.getOutcome().name());
        members.put("started_at", result.getStartedAt().toString());
        members.put("resolved_at", result.getResolvedAt().toString());
        members.put("attempts", result.getAttempts());
        members.put("failure", printable(result.getFailure()));
        UpstreamError error = result.getError();
        if (error != null) {
            members.put("error_status", error.getStatus());
            members.put("error_code", printable(error.getCode()));
            members.put("error_message", printable(error.getMessage()));
            members.put("error_request_id", printable(error.getRequestId()));
        }
        String code = result.getCode();
        if (whole) {
            members.put("code", TerminalText.json(code));
            members.put("fields", TerminalText.json(result.getFields()));
            members.put("error_fields", error == null ? null : TerminalText.json(error.getFields()));
        } else {
            members.put("code_characters", code == null ? 0 : code.length());
        }
        return members;
    }

    private static @Nullable String printable(@Nullable String text) {
        return text == null ? null : TerminalText.text(text, SHOWN_OF_ERROR);
    }
}
