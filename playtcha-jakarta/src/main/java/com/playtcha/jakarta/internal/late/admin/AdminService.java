package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
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
 * Does what an operator wants of one engine, whoever brings the wish: the command, the running application on the
 * command's behalf, or JMX. AdminResponse are members of JSON, whose texts may be printed. Thread-safe.
 */
public final class AdminService {
    /** How the running application bounds what it does for one wish. */
    private static final Duration ENOUGH = Duration.ofSeconds(4);

    private static final int MOST_RETRIES = 10_000;
    private static final int SHOWN_OF_ERROR = 1000;

    private final DeadLetters deadLetters;
    private final LateTasks tasks;
    private final LateMetrics figures;
    private final @Nullable SpoolDirectory letters;
    private final @Nullable LateDirectory folder;
    private final Clock clock;

    /**
     * Works on an engine, whether or not that runs.
     *
     * @param engine whose dead letters they are
     * @param letters the engine's directory; null where it has none
     * @param folder that the directory is in; null where there is none
     * @param clock what time it is
     */
    public AdminService(
            LateEngine engine, @Nullable SpoolDirectory letters, @Nullable LateDirectory folder, Clock clock) {
        this.deadLetters = engine.deadLetters();
        this.tasks = engine.inbox();
        this.figures = engine.stats().figures(clock);
        this.letters = letters;
        this.folder = folder;
        this.clock = clock;
    }

    /** Never throws for what an operator or a store may do. */
    Map<String, @Nullable Object> answer(AdminRequest ask) {
        try {
            return switch (ask.command()) {
                case LIST -> list(ask.limit());
                case SHOW -> show(idOf(ask), ask.withResult());
                case RETRY -> retry(idOf(ask));
                case RETRY_ALL -> retryAll();
                case DISCARD -> discard(idOf(ask));
            };
        } catch (LateUnavailableException e) {
            return AdminResponse.of(
                    AdminResponse.UNREACHABLE, "The store does not work: " + TerminalText.text(message(e)));
        }
    }

    private static String idOf(AdminRequest ask) {
        String id = ask.id();
        return id == null ? "" : id;
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getName() : message;
    }

    private long storeFailures() {
        return figures.getCounters().getOrDefault("store-failed", 0L);
    }

    private Map<String, @Nullable Object> list(int limit) {
        long before = storeFailures();
        List<LateItem> found = deadLetters.list(limit + 1);
        boolean more = found.size() > limit;
        Instant now = clock.instant();
        List<Map<String, @Nullable Object>> items = new ArrayList<>();
        found.subList(0, Math.min(limit, found.size())).forEach(item -> items.add(members(item, now)));
        Map<String, @Nullable Object> answer = AdminResponse.of(AdminResponse.DONE, null);
        answer.put("items", items);
        answer.put("more", more);
        // The list itself says only in the log that it leaves the store out.
        answer.put("store_unread", storeFailures() > before);
        LateDirectory known = folder;
        answer.put("set_aside", known == null ? 0 : known.countSetAside());
        answer.put("set_aside_in", known == null ? null : TerminalText.text(String.valueOf(known.setAside())));
        return answer;
    }

    private Map<String, @Nullable Object> show(String id, boolean withResult) {
        Optional<LateItem> item = find(id);
        if (item.isEmpty() || !isDeadLetter(item.get())) {
            return none(id, item);
        }
        Map<String, @Nullable Object> answer = AdminResponse.of(AdminResponse.DONE, null);
        answer.put("item", members(item.get(), clock.instant()));
        answer.put(
                "result", deadLetters.show(id).map(r -> members(r, withResult)).orElse(null));
        return answer;
    }

    private static boolean isDeadLetter(LateItem item) {
        return item.inDirectory() || item.state() == LateState.DEAD_LETTER;
    }

    private Optional<LateItem> find(String id) {
        SpoolDirectory directory = letters;
        List<SpoolEntry> waiting = directory == null ? List.of() : directory.find(id);
        if (!waiting.isEmpty()) {
            return Optional.of(waiting.get(0).item());
        }
        return Ids.isValid(id) ? tasks.find(id) : Optional.empty();
    }

    private static Map<String, @Nullable Object> none(String id, Optional<LateItem> item) {
        return AdminResponse.of(
                AdminResponse.NONE,
                "There is no such dead letter: " + TerminalText.id(id)
                        + item.map(known -> " (it is " + known.state() + ")").orElse(""));
    }

    private Map<String, @Nullable Object> retry(String id) {
        if (deadLetters.retry(id)) {
            return AdminResponse.of(AdminResponse.DONE, "Due now: " + TerminalText.id(id));
        }
        return none(id, find(id));
    }

    private Map<String, @Nullable Object> discard(String id) {
        if (deadLetters.discard(id)) {
            return AdminResponse.of(AdminResponse.DONE, "Discarded for good: " + TerminalText.id(id));
        }
        return none(id, find(id));
    }

    private Map<String, @Nullable Object> retryAll() {
        Instant now = clock.instant();
        Instant end = now.plus(ENOUGH);
        int due = 0;
        SpoolDirectory directory = letters;
        // All in one pass: to look each one up by its id would read the whole directory for each.
        for (SpoolEntry letter : directory == null ? List.<SpoolEntry>of() : directory.list(MOST_RETRIES)) {
            if (directory != null && letter.dueAt().isAfter(now)) {
                directory.update(letter, letter.attempts(), letter.lastError(), now);
            }
            due++;
        }
        long before = storeFailures();
        List<LateItem> items = deadLetters.list(MOST_RETRIES);
        boolean unread = storeFailures() > before;
        int left = 0;
        for (LateItem item : items) {
            if (item.inDirectory()) {
                continue;
            }
            if (clock.instant().isAfter(end)) {
                left++;
            } else if (!item.dueAt().isAfter(now) || deadLetters.retry(item.id())) {
                due++;
            }
        }
        Map<String, @Nullable Object> answer = AdminResponse.of(
                AdminResponse.DONE,
                "Due now: " + due + (due == 1 ? " dead letter" : " dead letters")
                        + (left == 0 ? "" : "; " + left + " more are left, since it took too long: ask again"));
        answer.put("store_unread", unread);
        return answer;
    }

    private static Map<String, @Nullable Object> members(LateItem item, Instant now) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", TerminalText.id(item.id()));
        members.put("kind", item.kind().name());
        members.put("state", item.state().name());
        members.put("outcome", item.outcome() == null ? null : item.outcome().name());
        members.put("where", item.inDirectory() ? "directory" : "store");
        members.put("tracked", item.tracked());
        members.put("attempts", item.attempts());
        members.put("failures", item.failures());
        members.put("created_at", item.createdAt().toString());
        members.put("updated_at", item.updatedAt().toString());
        members.put("due_at", item.dueAt().toString());
        members.put(
                "age_seconds",
                Math.max(0, Duration.between(item.createdAt(), now).toSeconds()));
        members.put(
                "due_in_seconds",
                Math.max(0, Duration.between(now, item.dueAt()).toSeconds()));
        String error = item.lastError();
        members.put("last_error", error == null ? null : TerminalText.text(error, SHOWN_OF_ERROR));
        return members;
    }

    private static Map<String, @Nullable Object> members(LateResult result, boolean whole) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("outcome", result.getOutcome().name());
        members.put("started_at", result.getStartedAt().toString());
        members.put("resolved_at", result.getResolvedAt().toString());
        members.put("attempts", result.getAttempts());
        String failure = result.getFailure();
        members.put("failure", failure == null ? null : TerminalText.text(failure));
        UpstreamError error = result.getError();
        if (error != null) {
            members.put("error_status", error.getStatus());
            members.put("error_code", printable(error.getCode()));
            members.put("error_message", printable(error.getMessage()));
            members.put("error_request_id", printable(error.getRequestId()));
        }
        if (whole) {
            members.put("code", TerminalText.json(result.getCode()));
            members.put("fields", TerminalText.json(result.getFields()));
            members.put("error_fields", error == null ? null : TerminalText.json(error.getFields()));
        } else {
            members.put(
                    "code_characters",
                    result.getCode() == null ? 0 : result.getCode().length());
        }
        return members;
    }

    private static @Nullable String printable(@Nullable String text) {
        return text == null ? null : TerminalText.text(text, SHOWN_OF_ERROR);
    }
}
