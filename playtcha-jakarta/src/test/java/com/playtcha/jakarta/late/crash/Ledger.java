package com.playtcha.jakarta.late.crash;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.late.LateOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What workers acknowledged, by their own words, and whether it came true: each item has exactly one effect, that of the
 * result that was acknowledged first.
 */
final class Ledger {
    static final String TABLE = "CREATE TABLE effects (id VARCHAR(200) NOT NULL, result VARCHAR(20) NOT NULL,"
            + " node VARCHAR(100) NOT NULL, at BIGINT NOT NULL)";
    private static final Duration VERDICT_LIFE = Duration.ofMinutes(5);
    private static final int SHOWN = 20;

    private final boolean severalNodes;
    private final Map<String, Promise> promises = new HashMap<>();
    private final Map<String, List<Promise>> tokens = new HashMap<>();
    private final Set<String> repeated = new HashSet<>();
    private final Map<String, Integer> figures = new TreeMap<>();
    private final Map<String, List<String>> problems = new LinkedHashMap<>();

    /** What was acknowledged of one item. */
    private static final class Promise {
        /** The result that the store was said to have. */
        @Nullable
        String fixed;

        /** A verdict that went to a directory. */
        @Nullable
        String kept;

        final Set<String> saved = new HashSet<>();
        final Set<String> refused = new HashSet<>();

        @Nullable
        String token;

        long startedAt;
        boolean calm;
    }

    private record Effect(String result, long at) {}

    /** Opens connections. */
    interface Database {
        Connection connect() throws SQLException;
    }

    /** With several nodes, one may ask for what waits in the directory of another that was killed. */
    Ledger(boolean severalNodes) {
        this.severalNodes = severalNodes;
        for (String problem : List.of("lost", "twice", "wrong", "torn", "unfinished")) {
            problems.put(problem, new ArrayList<>());
        }
    }

    private void problem(String kind, String what) {
        problems.get(kind).add(what);
    }

    void count(String figure) {
        figures.merge(figure, 1, Integer::sum);
    }

    int figure(String figure) {
        return figures.getOrDefault(figure, 0);
    }

    int acknowledged() {
        return promises.size();
    }

    /** Takes in what a worker said. */
    void note(WorkerProcess worker) throws IOException {
        worker.lines().forEach(line -> note(line.split(" ", -1)));
        worker.deleteOutput();
    }

    private void note(String[] words) {
        switch (words[0]) {
            case "ack" -> accepted(words[1], AcceptResult.valueOf(words[2]), words[3]);
            case "track" -> {
                count("tracked tasks");
                promise(words[1]);
            }
            case "pass" -> passed(words[1], words[2], Long.parseLong(words[3]), words[4].equals("calm"));
            case "stored" -> {
                Promise promise = promise(words[1]);
                fix(words[1], promise, words[2]);
            }
            case "kept" -> {
                count("verdicts kept in a directory");
                promise(words[1]).kept = words[2];
            }
            case "call" -> count("calls of the handler");
            case "refused" -> count("results refused");
            case "lost" -> count("answers of Playtcha lost");
            case "again" -> repeated.add(words[1]);
            case "stale" -> count("stale changes refused");
            case Outages.DOWN -> count("outages");
            default -> count("other lines");
        }
    }

    private Promise promise(String id) {
        return promises.computeIfAbsent(id, key -> new Promise());
    }

    private void fix(String id, Promise promise, String result) {
        String other = promise.fixed;
        if (other == null || (severalNodes && isGuess(other))) {
            promise.fixed = result;
        } else if (!other.equals(result) && !(severalNodes && isGuess(result))) {
            problem("wrong", id + ": both " + other + " and " + result + " were said to be its result");
        }
    }

    /** What one node guessed gives way to what another knew, until a handler may have heard of it. */
    private static boolean isGuess(String result) {
        return result.equals(LateOutcome.UNCONFIRMED.name()) || result.equals(LateOutcome.EXPIRED.name());
    }

    private void accepted(String id, AcceptResult receipt, String variant) {
        Promise promise = promise(id);
        switch (receipt) {
            case STORED -> {
                count("results stored");
                fix(id, promise, variant);
            }
            case DUPLICATE -> {
                count("duplicates");
                fix(id, promise, variant);
            }
            case SPOOLED -> {
                count("results saved in a directory");
                promise.saved.add(variant);
            }
            case DIFFERENT -> {
                count("different results");
                promise.refused.add(variant);
            }
            case REFUSED -> throw new IllegalStateException("a worker says only what was acknowledged");
        }
    }

    private void passed(String id, String token, long startedAt, boolean calm) {
        count("passes");
        Promise promise = promise(id);
        promise.token = token;
        promise.startedAt = startedAt;
        promise.calm = calm;
        List<Promise> others = tokens.computeIfAbsent(token, key -> new ArrayList<>());
        if (calm && others.stream().anyMatch(other -> other.calm)) {
            problem("wrong", id + ": its token was let through before");
        }
        others.add(promise);
    }

    /** Looks what came of it all. */
    void check(Database database, Path... spool) throws SQLException, IOException {
        Map<String, List<Effect>> effects = new HashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT id, result, at FROM effects")) {
                while (rows.next()) {
                    effects.computeIfAbsent(rows.getString(1), key -> new ArrayList<>())
                            .add(new Effect(rows.getString(2), rows.getLong(3)));
                }
            }
            try (ResultSet rows =
                    statement.executeQuery("SELECT item_id, state FROM playtcha_late_item WHERE lane <> 'DONE'")) {
                while (rows.next()) {
                    problem("unfinished", rows.getString(1) + " is " + rows.getString(2));
                }
            }
        }
        effects.forEach((id, found) -> {
            if (found.size() > 1) {
                problem("twice", id + ": " + found);
            }
            if (found.stream().anyMatch(effect -> effect.result().equals("torn"))) {
                problem("torn", id + ": its result came back as nobody sent it");
            }
        });
        promises.forEach((id, promise) -> {
            List<Effect> found = effects.get(id);
            if (found == null) {
                problem("lost", id);
            } else {
                check(id, promise, found.get(0));
            }
        });
        for (Path directory : spool) {
            checkSpool(directory);
        }
        figures.put("effects", effects.size());
    }

    private void check(String id, Promise promise, Effect effect) {
        String result = effect.result();
        // One node's guess gives way to what another has kept in its spool, and said then.
        boolean gaveWay = promise.fixed != null && isGuess(promise.fixed) && result.equals(promise.kept);
        if (promise.fixed != null && !promise.fixed.equals(result) && !gaveWay) {
            problem("wrong", id + ": " + promise.fixed + " was said to be its result, the effect is " + result);
        }
        if (promise.refused.contains(result)) {
            problem("wrong", id + ": " + result + " was said to differ from its result, and had effect");
        }
        checkKept(id, promise, result);
        if (promise.token != null) {
            checkVerdict(id, promise, promise.token, effect);
        } else if (promise.kept != null) {
            // Of a pass that was tracked, though nobody lived, or waited, to hear it.
            count("verdicts on passes that were not acknowledged");
        } else if (promise.fixed == null && promise.saved.isEmpty()) {
            count(result.equals("a") || result.equals("b") ? "tasks by callback" : "tasks by polling");
            if (!result.equals("a") && !result.equals("b") && !result.equals(Facts.polled(id))) {
                problem("wrong", id + ": " + result + ", which nobody sent");
            }
        } else if (promise.fixed == null && !promise.saved.contains(result) && promise.refused.isEmpty()) {
            // Another that the store took first, though this one was acknowledged by a directory.
            count("directory overtaken");
        }
    }

    private void checkVerdict(String id, Promise promise, String token, Effect effect) {
        String truth = Facts.isHuman(token) ? LateOutcome.VERIFIED.name() : LateOutcome.REJECTED.name();
        String result = effect.result();
        count("verdicts " + result);
        boolean shared = repeated.contains(token);
        boolean legal = result.equals(truth)
                || result.equals(LateOutcome.UNCONFIRMED.name())
                || (shared && result.equals(LateOutcome.REJECTED.name()))
                || (result.equals(LateOutcome.EXPIRED.name())
                        && effect.at() - promise.startedAt >= VERDICT_LIFE.toMillis());
        if (!legal) {
            problem("wrong", id + ": " + result + ", Playtcha said " + truth);
        }
    }

    private void checkKept(String id, Promise promise, String result) {
        if (promise.kept != null && !promise.kept.equals(result)) {
            count("kept verdicts overtaken");
            if (!severalNodes) {
                problem("wrong", id + ": " + promise.kept + " was kept in the directory, the effect is " + result);
            }
        }
    }

    private void checkSpool(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".damaged"))
                    .forEach(file -> problem("torn", "a spooled file is damaged: " + file.getFileName()));
        }
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".json"))
                    .forEach(file -> problem("unfinished", "a spooled file is left: " + file.getFileName()));
        }
    }

    boolean isRight() {
        return problems.values().stream().allMatch(List::isEmpty);
    }

    /** Every figure, and the first of the problems. */
    List<String> report() {
        List<String> report = new ArrayList<>();
        report.add("acknowledged items " + promises.size());
        figures.forEach((figure, value) -> report.add(figure + " " + value));
        problems.forEach((kind, found) -> report.add(kind.toUpperCase(java.util.Locale.ROOT) + " " + found.size()));
        problems.forEach(
                (kind, found) -> found.stream().limit(SHOWN).forEach(one -> report.add("  " + kind + ": " + one)));
        return report;
    }
}
