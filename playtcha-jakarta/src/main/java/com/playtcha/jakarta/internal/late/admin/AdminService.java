package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.DeadLetterAdmin;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.Arguments;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.DeadLetterPage;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Does what an operator requests of one engine by the command, and writes what the command prints. Thread-safe. */
public final class AdminService {
    private static final int MAX_LIMIT = 1000;
    private static final Set<String> FILTERS = Set.of("--state", "--older-than", "--error");
    private static final Set<String> PAGING = Set.of("--limit", "--cursor");
    private static final Map<String, LateState> STATES =
            Map.of("retrying", LateState.RETRYING, "dead-letter", LateState.DEAD_LETTER);

    private static final String COLUMNS = "%-24s  %-12s  %-11s  %-11s  %8s  %-10s  %-12s  %s\n";

    private final LateEngine engine;
    private final DeadLetterAdmin deadLetters;
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
        Set<String> valued = Stream.of(FILTERS, PAGING, Set.of("--late-dir"))
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
        Arguments line = new Arguments(Set.of("--json", "--result", "--all", "--help"), valued, arguments);
        String command = line.word(0);
        if (line.has("--help")) {
            return line;
        }
        if (!Set.of("list", "show", "retry", "discard").contains(command)) {
            throw new UsageException("The command must be list, show, retry or discard"
                    + (command.isEmpty() ? "" : ", not " + LogText.sanitize(command)));
        }
        boolean isList = command.equals("list");
        boolean isBulk = line.has("--all") && (command.equals("retry") || command.equals("discard"));
        boolean needsId = !isList && !isBulk;
        if (line.words().size() != (needsId ? 2 : 1)) {
            throw new UsageException(
                    command + (needsId ? " takes exactly one id, in quotes where it has blanks" : " takes no id"));
        }
        boolean isFiltered = FILTERS.stream().anyMatch(line::has);
        if (needsId && isFiltered) {
            throw new UsageException(
                    command + " with an id takes none of " + sorted(FILTERS) + "; they select with --all");
        }
        if (!isList && PAGING.stream().anyMatch(line::has)) {
            throw new UsageException(command + " takes none of " + sorted(PAGING));
        }
        if (isBulk && command.equals("discard") && !isFiltered) {
            throw new UsageException("discard --all needs one of " + sorted(FILTERS)
                    + ", so that nothing is discarded by mistake; --older-than 0s selects all");
        }
        id(line);
        filter(line);
        limit(line);
        return line;
    }

    private static String sorted(Set<String> options) {
        return String.join(", ", new TreeSet<>(options));
    }

    private static DeadLetterFilter filter(Arguments line) {
        DeadLetterFilter filter = DeadLetterFilter.all();
        String state = line.value("--state");
        if (state != null) {
            LateState selected = STATES.get(state.toLowerCase(Locale.ROOT).replace('_', '-'));
            if (selected == null) {
                throw new UsageException("--state must be retrying or dead-letter, not " + LogText.sanitize(state));
            }
            filter = filter.state(selected);
        }
        String age = line.value("--older-than");
        String error = line.value("--error");
        filter = age == null ? filter : filter.olderThan(duration(age));
        return error == null ? filter : filter.errorContaining(error);
    }

    /** Reads {@code 90s}, {@code 2h}, {@code 7d} and what {@link Duration#parse} reads. */
    private static Duration duration(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String iso = upper.startsWith("P") ? upper : (upper.endsWith("D") ? "P" : "PT") + upper;
        try {
            Duration duration = Duration.parse(iso);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // Refused below.
        }
        throw new UsageException(
                "--older-than must be a time such as 90s, 30m, 2h or 7d, not " + LogText.sanitize(text));
    }

    private static int limit(Arguments line) {
        String text = line.value("--limit");
        if (text == null) {
            return MAX_LIMIT;
        }
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_LIMIT) {
            throw new UsageException("--limit must be from 1 to " + MAX_LIMIT + ", not " + LogText.sanitize(text));
        }
        return Integer.parseInt(text);
    }

    private static String id(Arguments line) {
        try {
            return AsciiText.decode(line.word(1));
        } catch (IllegalArgumentException e) {
            throw new UsageException("The id is not as it is printed: a backslash is written \\u005c");
        }
    }

    /** Returns an id as one word of printable ASCII, which {@link AsciiText#decode} reads; ordinary ids stay as they are. */
    static String printed(String id) {
        return AsciiText.encode(id).replace(" ", "\\u0020");
    }

    /**
     * Runs a command.
     *
     * @throws UsageException if the arguments are wrong
     */
    public AdminResponse run(String... arguments) {
        return respond(parse(arguments));
    }

    /** Does what a line requests that {@link #parse} returned. */
    AdminResponse respond(Arguments line) {
        String id = id(line);
        boolean isBulk = line.has("--all");
        try {
            return switch (line.word(0)) {
                case "list" -> list(line);
                case "show" -> show(id, line);
                case "discard" ->
                    isBulk ? discarded(counted(deadLetters.discardAll(filter(line)), "item"), "") : discard(id);
                default -> isBulk ? due(counted(deadLetters.retryAll(filter(line)), "item")) : retry(id);
            };
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
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
        DeadLetterAdmin.Discard discard = deadLetters.discardOne(id);
        if (discard == DeadLetterAdmin.Discard.NOT_FOUND) {
            return none(id);
        }
        boolean isDown = discard == DeadLetterAdmin.Discard.SPOOLED;
        String note =
                "The store is not reached from here: the discard is kept in late-dir, and applied when the application reaches the"
                        + " store; until then another node may still call the handler.\n";
        return discarded(printed(id), isDown ? note : "");
    }

    private static AdminResponse discarded(String what, String note) {
        return AdminResponse.done("Discarded: " + what + "\n", note);
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private AdminResponse none(String id) {
        String state = engine.inbox()
                .find(id)
                .map(item -> " (it is " + item.getState() + ")")
                .orElse("");
        return new AdminResponse(
                1, "", "There is no dead letter and no spooled item with this id: " + printed(id) + state + "\n");
    }

    private AdminResponse list(Arguments line) {
        DeadLetterPage page = deadLetters.list(filter(line), line.value("--cursor"), limit(line));
        List<LateItem> items = page.getItems();
        Instant now = clock.instant();
        StringBuilder out = new StringBuilder();
        if (line.has("--json")) {
            items.forEach(item -> out.append(texts.write(members(item))).append('\n'));
        } else {
            table(items, now, out);
        }
        StringBuilder err = new StringBuilder();
        page.getNextCursor()
                .ifPresent(cursor -> err.append("There may be more: list them with --cursor " + cursor + "\n"));
        if (!page.isStoreIncluded()) {
            err.append("The store could not be read, so its items are left out.\n");
        }
        SpoolDirectory.Load load = spool == null ? null : spool.load();
        if (load != null && load.damaged() > 0) {
            err.append("Damaged files in the directory spool of late-dir, named *.damaged: " + load.damaged() + ".\n");
        }
        if (load != null && load.newer() > 0) {
            err.append(
                    "Files of a newer version of this library in the directory spool of late-dir, which only that version"
                            + " reads: " + load.newer() + ".\n");
        }
        return AdminResponse.done(out.toString(), err.toString());
    }

    private static void table(List<LateItem> items, Instant now, StringBuilder out) {
        if (!items.isEmpty()) {
            out.append(
                    String.format(COLUMNS, "ID", "KIND", "STATE", "OUTCOME", "FAILURES", "AGE", "DUE", "LAST ERROR"));
        }
        for (LateItem item : items) {
            long due = seconds(now, item.getDueAt());
            out.append(String.format(
                    COLUMNS,
                    printed(item.getId()),
                    item.getKind(),
                    state(item),
                    item.getOutcome() == null ? "-" : item.getOutcome(),
                    item.isSpooled() ? "-" : item.getFailures(),
                    length(seconds(item.getCreatedAt(), now)),
                    item.getState() == LateState.DEAD_LETTER ? "-" : due <= 0 ? "now" : "in " + length(due),
                    LogText.sanitize(item.getLastError())));
        }
        long spooled = items.stream().filter(LateItem::isSpooled).count();
        long dead = items.stream()
                .filter(item -> item.getState() == LateState.DEAD_LETTER)
                .count();
        long retrying = items.size() - spooled - dead;
        out.append(retrying + " retrying, " + counted(dead, "dead letter") + ", " + spooled + " spooled\n");
    }

    /** Returns a duration such as {@code 5m20s}. */
    private static String length(long seconds) {
        return Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private static String state(LateItem item) {
        return item.isSpooled() && item.getState() != LateState.DISCARDED
                ? "SPOOLED"
                : item.getState().name();
    }

    private AdminResponse show(String id, Arguments line) {
        Optional<LateItem> spooled =
                spool == null ? Optional.empty() : spool.find(id).map(SpoolEntry::item);
        LateItem item = spooled.or(() -> engine.inbox().find(id)).orElse(null);
        if (item == null || !Set.of("SPOOLED", "RETRYING", "DEAD_LETTER").contains(state(item))) {
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
        members.put("id", printed(item.getId()));
        members.put("kind", item.getKind().name());
        members.put("state", state(item));
        members.put(
                "outcome", item.getOutcome() == null ? null : item.getOutcome().name());
        members.put("where", item.isSpooled() ? "spool" : "store");
        members.put("tracked", item.isSpooled() ? null : item.isTracked());
        members.put("attempts", item.getAttempts());
        members.put("failures", item.isSpooled() ? null : item.getFailures());
        members.put("created_at", item.getCreatedAt().toString());
        members.put("updated_at", item.getUpdatedAt().toString());
        members.put("due_at", item.getDueAt().toString());
        members.put("last_error", item.getLastError());
        return members;
    }

    private static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
