package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.Arguments;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Does what an operator requests of one engine by the command, and writes what the command prints. Thread-safe. */
public final class AdminService {
    /** The items of a list. */
    private static final int MOST = 1000;

    private static final String COLUMNS = "%-24s  %-12s  %-11s  %-11s  %8s  %-10s  %-12s  %s\n";

    private final LateEngine engine;
    private final DeadLetters deadLetters;
    private final @Nullable SpoolDirectory spool;
    private final ResultText texts;
    private final Clock clock;

    /** Works whether or not the engine runs; the spool is null where the engine has none. */
    public AdminService(LateEngine engine, @Nullable SpoolDirectory spool, ResultText texts, Clock clock) {
        this.engine = engine;
        this.deadLetters = engine.deadLetters();
        this.spool = spool;
        this.texts = texts;
        this.clock = clock;
    }

    /**
     * Parses the arguments of the command, which is also what a request file contains.
     *
     * @throws UsageException unless they are a command with its id, or ask for help
     */
    static Arguments parse(String... arguments) {
        Arguments line =
                new Arguments(Set.of("--json", "--result", "--all", "--help"), Set.of("--late-dir"), arguments);
        String command = line.word(0);
        if (line.has("--help")) {
            return line;
        }
        if (!Set.of("list", "show", "retry", "discard").contains(command)) {
            throw new UsageException("The command must be list, show, retry or discard"
                    + (command.isEmpty() ? "" : ", not " + LogText.clean(command)));
        }
        boolean needsId = !command.equals("list") && !(command.equals("retry") && line.has("--all"));
        if (line.words().size() != (needsId ? 2 : 1)) {
            throw new UsageException(
                    command + (needsId ? " takes exactly one id, in quotes where it has blanks" : " takes no id"));
        }
        try {
            id(line);
        } catch (IllegalArgumentException e) {
            throw new UsageException("The id is not as it is printed: a backslash is written \\u005c");
        }
        return line;
    }

    private static String id(Arguments line) {
        return AsciiText.decode(line.word(1));
    }

    /** Returns an id as one word of printable ASCII, which {@link AsciiText#decode} reads; ordinary ids stay as they are. */
    static String printed(String id) {
        return AsciiText.encode(id).replace(" ", "\\u0020");
    }

    /** Does what a line requests that {@link #parse} returned. */
    AdminResponse respond(Arguments line) {
        String id = id(line);
        try {
            return switch (line.word(0)) {
                case "list" -> list(line.has("--json"));
                case "show" -> show(id, line);
                case "discard" -> discard(id);
                default -> line.has("--all") ? due(counted(deadLetters.retryAll(), "item")) : retry(id);
            };
        } catch (LateUnavailableException e) {
            return AdminResponse.unreachable(
                    "The store does not work: " + LogText.escape(String.valueOf(e.getMessage())));
        }
    }

    private AdminResponse retry(String id) {
        return deadLetters.retry(id) ? due(printed(id)) : none(id);
    }

    private static AdminResponse due(String what) {
        return AdminResponse.done("Due now: " + what + "\n", "");
    }

    private AdminResponse discard(String id) {
        long before = storeFailures();
        if (!deadLetters.discard(id)) {
            return none(id);
        }
        boolean isDown = storeFailures() > before;
        String note = "The store is down: the discard is kept in late-dir and applied when the store works.\n";
        return AdminResponse.done("Discarded: " + printed(id) + "\n", isDown ? note : "");
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private AdminResponse none(String id) {
        String state = engine.inbox()
                .find(id)
                .map(item -> " (it is " + item.state() + ")")
                .orElse("");
        return new AdminResponse(
                1, "", "There is no dead letter and no spooled item with this id: " + printed(id) + state + "\n");
    }

    private AdminResponse list(boolean json) {
        long before = storeFailures();
        List<LateItem> items = deadLetters.list(MOST);
        Instant now = clock.instant();
        StringBuilder out = new StringBuilder();
        if (json) {
            items.forEach(item -> out.append(texts.write(members(item))).append('\n'));
        } else {
            table(items, now, out);
        }
        StringBuilder err = new StringBuilder();
        if (items.size() == MOST) {
            err.append("There may be more: these are the oldest " + MOST + ".\n");
        }
        // A list leaves out a store that fails, and only logs that.
        if (storeFailures() > before) {
            err.append("The store could not be read, so its dead letters are left out.\n");
        }
        int damaged = spool == null ? 0 : spool.load().damaged();
        if (damaged > 0) {
            err.append("Damaged files in the directory spool of late-dir, named *.damaged: " + damaged + ".\n");
        }
        return AdminResponse.done(out.toString(), err.toString());
    }

    private long storeFailures() {
        return engine.metrics().getCounters().getOrDefault("store-failed", 0L);
    }

    private static void table(List<LateItem> items, Instant now, StringBuilder out) {
        if (!items.isEmpty()) {
            out.append(
                    String.format(COLUMNS, "ID", "KIND", "STATE", "OUTCOME", "FAILURES", "AGE", "DUE", "LAST ERROR"));
        }
        for (LateItem item : items) {
            long due = seconds(now, item.dueAt());
            out.append(String.format(
                    COLUMNS,
                    printed(item.id()),
                    item.kind(),
                    state(item),
                    item.outcome() == null ? "-" : item.outcome(),
                    item.spooled() ? "-" : item.failures(),
                    length(seconds(item.createdAt(), now)),
                    due <= 0 ? "now" : "in " + length(due),
                    LogText.clean(item.lastError())));
        }
        long spooled = items.stream().filter(LateItem::spooled).count();
        out.append(counted(items.size() - spooled, "dead letter") + ", " + spooled + " spooled\n");
    }

    /** Returns a duration such as {@code 5m20s}. */
    private static String length(long seconds) {
        return Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private static String state(LateItem item) {
        return item.spooled() && item.state() != LateState.DISCARDED
                ? "SPOOLED"
                : item.state().name();
    }

    private AdminResponse show(String id, Arguments line) {
        Optional<LateItem> spooled =
                spool == null ? Optional.empty() : spool.find(id).map(SpoolEntry::item);
        LateItem item = spooled.or(() -> engine.inbox().find(id)).orElse(null);
        if (item == null || !Set.of("SPOOLED", "DEAD_LETTER").contains(state(item))) {
            return none(id);
        }
        Map<String, @Nullable Object> members = members(item);
        LateResult result = deadLetters.show(id).orElse(null);
        members.put("result", result == null ? null : members(result, line.has("--result")));
        return AdminResponse.done(line.has("--json") ? texts.write(members) + "\n" : lines("", members), "");
    }

    private static String lines(String prefix, Map<?, ?> members) {
        StringBuilder lines = new StringBuilder();
        members.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                lines.append(lines(prefix + name + ".", inner));
            } else if (value != null) {
                lines.append(LogText.escape(prefix + name + ": " + value)).append('\n');
            }
        });
        return lines.toString();
    }

    private static Map<String, @Nullable Object> members(LateResult result, boolean whole) {
        Map<String, @Nullable Object> members = ResultText.members(result);
        members.keySet().removeAll(whole ? Set.of("id", "kind") : Set.of("id", "kind", "code", "fields"));
        members.put("started_at", result.getStartedAt().toString());
        members.put("resolved_at", result.getResolvedAt().toString());
        return members;
    }

    private static Map<String, @Nullable Object> members(LateItem item) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", printed(item.id()));
        members.put("kind", item.kind().name());
        members.put("state", state(item));
        members.put("outcome", item.outcome() == null ? null : item.outcome().name());
        members.put("where", item.spooled() ? "spool" : "store");
        members.put("tracked", item.tracked());
        members.put("attempts", item.attempts());
        members.put("failures", item.spooled() ? null : item.failures());
        members.put("created_at", item.createdAt().toString());
        members.put("updated_at", item.updatedAt().toString());
        members.put("due_at", item.dueAt().toString());
        members.put("last_error", item.lastError());
        return members;
    }

    private static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
