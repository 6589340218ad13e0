package com.playtcha.jakarta.late.simulation;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.FailOpenTracker.TrackResult;
import com.playtcha.jakarta.internal.gate.TestResults;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.engine.DeadLetterAdmin;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.Poll;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.GiveUp;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateUnavailableException;
import com.playtcha.jakarta.late.RetryLater;
import com.playtcha.jakarta.late.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Several nodes on one database, with everything that happens to them decided by a seed. One thing happens at a time, also
 * in the middle of another node's work, so a seed always takes the same course.
 */
final class Simulation implements SimulatedNode.World {
    private static final int MAX_TASKS = 6;
    private static final int MAX_TOKENS = 4;
    /** Rounds after the faults in which all must have ended: many times the retries and expiries that are left. */
    private static final int MAX_ROUNDS = 300;

    private final Schedule schedule;
    private final SimulatedDatabase database;
    private final ResultText results;
    private final LateStore inspector;
    private final Map<String, Expectations.Token> tokens = new LinkedHashMap<>();
    private final Expectations expectations;
    private final List<Host> hosts = new ArrayList<>();
    /** Engines of nodes that died, whose threads are still to be ended. */
    private final List<SimulatedNode> dead = new ArrayList<>();

    private final List<String> tasks = new ArrayList<>();
    private final Map<String, Poll> answers = new HashMap<>();
    /** Callbacks on their way, as id and code. */
    private final List<String[]> callbacks = new ArrayList<>();

    private final double handlerTrouble;
    private final double serviceTrouble;
    private final int maxAttempts;
    private long counted;
    private int kills;
    private int stops;

    /** What a node keeps when it is started again. */
    private static final class Host {
        private final String name;
        private final TestClock clock;
        private final Path directory;
        private SimulatedNode node;

        Host(String name, TestClock clock, Path directory) {
            this.name = name;
            this.clock = clock;
            this.directory = directory;
        }
    }

    /** What a seed came to. */
    record Report(long seed, List<String> events, Map<String, Integer> counts, List<String> violations) {}

    private Simulation(long seed, SimulatedDatabase database, ResultText results, Path directory) {
        this.schedule = new Schedule(seed);
        this.database = database;
        this.results = results;
        this.inspector = database.store(results, schedule.time);
        this.expectations = new Expectations(schedule, tokens);
        this.handlerTrouble = schedule.any(List.of(0.0, 0.1, 0.3));
        this.serviceTrouble = schedule.any(List.of(0.0, 0.2, 0.5));
        this.maxAttempts = schedule.chance(0.3) ? 3 : Integer.MAX_VALUE;
        int nodes = 2 + schedule.random.nextInt(3);
        for (int i = 0; i < nodes; i++) {
            String name = String.valueOf((char) ('A' + i));
            hosts.add(new Host(name, schedule.clock(schedule.between(-1500, 1500)), directory.resolve(name)));
        }
    }

    /** Runs a seed. The directory is empty, and so it is afterwards. */
    static Report run(long seed, SimulatedDatabase database, ResultText results, Path directory) throws Exception {
        Simulation simulation = new Simulation(seed, database, results, directory);
        database.begin(simulation.schedule, simulation::others);
        try {
            simulation.run();
        } catch (RuntimeException | Error e) {
            simulation.expectations.violated("thrown: " + e + " at " + List.of(e.getStackTrace()));
        } finally {
            simulation.closeAll();
        }
        return new Report(
                seed, simulation.schedule.events(), simulation.schedule.counts(), simulation.expectations.violations());
    }

    private void run() {
        hosts.forEach(this::start);
        int steps = 20 + schedule.random.nextInt(60);
        for (int i = 0; i < steps; i++) {
            schedule.advance(schedule.chance(0.1) ? schedule.between(5000, 40_000) : schedule.between(0, 2000));
            happen();
            bury();
        }
        schedule.endFaults();
        database.resolveAllDoubts();
        hosts.stream().filter(host -> host.node == null).forEach(this::start);
        finish();
        check();
    }

    private void start(Host host) {
        schedule.note("start", host.name);
        SimulatedNode node = new SimulatedNode(
                host.name, schedule, host.clock, host.directory, database, results, this, maxAttempts);
        host.node = node;
        boolean isOff =
                Duration.between(schedule.now(), host.clock.instant()).abs().compareTo(Duration.ofSeconds(2)) > 0;
        if (isOff) {
            // Until it has asked the database for the time, a node with a wrong clock tracks items with wrong times.
            schedule.unbroken(() -> node.engine().openStore());
        } else {
            node.engine().openStore();
        }
    }

    /** What happens in the middle of something else. */
    private void others() {
        int number = 1 + schedule.random.nextInt(3);
        for (int i = 0; i < number; i++) {
            schedule.advance(schedule.chance(0.3) ? schedule.between(5000, 25_000) : schedule.between(0, 2000));
            happen();
        }
    }

    private void happen() {
        List<Host> able = hosts.stream()
                .filter(host -> host.node != null && schedule.mayAct(host.node))
                .toList();
        if (able.isEmpty()) {
            restart();
            return;
        }
        Host host = schedule.any(able);
        SimulatedNode node = host.node;
        int kind = schedule.random.nextInt(100);
        if (kind < 36) {
            schedule.note("poll", node.name());
            node.engine().pollOnce();
        } else if (kind < 46) {
            node.runPostponed();
        } else if (kind < 54) {
            track(node);
        } else if (kind < 57) {
            trackInTransaction(node);
        } else if (kind < 61) {
            send();
        } else if (kind < 74) {
            callBack(node);
        } else if (kind < 76) {
            pollNow(node);
        } else if (kind < 83) {
            allowUnverified(node);
        } else if (kind < 86) {
            operate(node);
        } else if (kind < 88) {
            kill(host);
        } else if (kind < 89) {
            stop(host);
        } else if (kind < 93) {
            restart();
        } else if (kind < 95) {
            schedule.note("database cut off", node.name());
            node.cutOff(schedule.between(1000, 30_000));
        } else if (kind < 96) {
            schedule.note("database down", "");
            Duration time = schedule.between(1000, 20_000);
            able.forEach(each -> each.node.cutOff(time));
        } else if (kind < 97) {
            schedule.note("disk fails", node.name());
            node.failDisk(schedule.between(1000, 10_000));
        } else if (kind < 98) {
            jump(host);
        } else {
            database.resolveDoubt();
        }
    }

    private String task() {
        if (tasks.size() < MAX_TASKS && (tasks.isEmpty() || schedule.chance(0.4))) {
            String id = "t-" + (tasks.size() + 1);
            tasks.add(id);
            answers.put(
                    id,
                    switch (schedule.random.nextInt(4)) {
                        case 0 -> Poll.ready("code-1");
                        case 1 -> Poll.ready("code-2");
                        case 2 -> Poll.permanent("no such task");
                        default -> new Poll.NotReady();
                    });
            return id;
        }
        return schedule.any(tasks);
    }

    private void track(SimulatedNode node) {
        String id = task();
        schedule.note("track", node.name() + " " + id);
        expectations.tracking(id, SimulatedNode.TASK_EXPIRY);
        try {
            node.engine().inbox().track(id);
            answered(node, () -> expectations.acknowledged(id));
        } catch (LateUnavailableException e) {
            schedule.note("refused", node.name() + " " + id);
        }
    }

    /** What a node that died answered reached nobody. */
    private void answered(SimulatedNode node, Runnable answer) {
        if (node.isAlive()) {
            answer.run();
        }
    }

    private void trackInTransaction(SimulatedNode node) {
        String id = task();
        schedule.note("track in transaction", node.name() + " " + id);
        expectations.tracking(id, SimulatedNode.TASK_EXPIRY);
        try (Connection connection = node.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            node.engine().inbox().track(id, connection);
            if (schedule.happens(0.2)) {
                connection.rollback();
            } else {
                connection.commit();
                answered(node, () -> expectations.acknowledged(id));
            }
        } catch (LateUnavailableException | SQLException e) {
            schedule.note("refused", node.name() + " " + id);
        }
    }

    private void send() {
        callbacks.add(new String[] {task(), "code-" + (1 + schedule.random.nextInt(3))});
    }

    /** Delivers a callback, of which the service may have sent others before; some are lost, some come again. */
    private void callBack(SimulatedNode node) {
        if (callbacks.isEmpty() || schedule.chance(0.3)) {
            send();
        }
        String[] callback = schedule.any(callbacks);
        if (schedule.happens(0.1)) {
            schedule.note("callback lost", callback[0]);
            callbacks.remove(callback);
            return;
        }
        String id = callback[0];
        String code = callback[1];
        schedule.note("callback", node.name() + " " + id + " " + code);
        expectations.offering(id, code, node);
        try {
            AcceptResult outcome = node.engine().inbox().accept(id, code);
            schedule.note(
                    outcome.isAcknowledged() && node.isAlive() ? "acknowledged" : "refused",
                    node.name() + " " + id + " " + outcome);
            answered(node, () -> {
                if (outcome.isAcknowledged()) {
                    expectations.accepted(id, code, node, outcome == AcceptResult.STORED);
                    if (!schedule.chance(0.3)) {
                        callbacks.remove(callback);
                    }
                }
            });
        } catch (LateUnavailableException e) {
            schedule.note("refused", node.name() + " " + id);
        }
    }

    private void pollNow(SimulatedNode node) {
        String id = task();
        schedule.note("poll now", node.name() + " " + id);
        expectations.tracking(id, SimulatedNode.TASK_EXPIRY);
        try {
            AcceptResult outcome = node.engine().inbox().pollNow(id);
            if (outcome.isAcknowledged()) {
                answered(node, () -> expectations.acknowledged(id));
            }
        } catch (LateUnavailableException e) {
            schedule.note("refused", node.name() + " " + id);
        }
    }

    private void allowUnverified(SimulatedNode node) {
        if (tokens.size() < MAX_TOKENS && (tokens.isEmpty() || schedule.chance(0.7))) {
            tokens.put("token-" + tokens.size(), new Expectations.Token(schedule.chance(0.7)));
        }
        String token = schedule.any(List.copyOf(tokens.keySet()));
        schedule.note("allow unverified", node.name() + " " + token);
        Instant now = schedule.now();
        Expectations.Token expected = tokens.get(token);
        expected.grantedAt = expected.grantedAt == null ? now : expected.grantedAt;
        TrackResult granted =
                node.engine().inbox().track("default", "project", token, Duration.ZERO, expected.redeemed);
        String id = granted.id();
        if (id != null) {
            schedule.note("granted", id);
            answered(node, () -> expectations.granted(id, token, now));
        }
    }

    private void operate(SimulatedNode node) {
        DeadLetterAdmin admin = node.engine().deadLetters();
        List<String> ids = expectations.ids();
        try {
            switch (schedule.random.nextInt(6)) {
                case 0 -> {
                    boolean paused = schedule.chance(0.5);
                    schedule.note(paused ? "pause" : "resume", node.name());
                    node.engine().setPaused(paused);
                }
                case 1 -> {
                    schedule.note("retry all", node.name());
                    admin.retryAll(DeadLetterFilter.all());
                }
                case 2 -> {
                    schedule.note("discard all", node.name());
                    ids.forEach(expectations::discarding);
                    admin.discardAll(DeadLetterFilter.all());
                }
                case 3 -> discard(node, ids);
                default -> {
                    if (!ids.isEmpty()) {
                        String id = schedule.any(ids);
                        schedule.note("retry", node.name() + " " + id);
                        admin.retry(id);
                    }
                }
            }
        } catch (LateUnavailableException e) {
            schedule.note("operator refused", node.name());
        }
    }

    private void discard(SimulatedNode node, List<String> ids) {
        if (!ids.isEmpty()) {
            String id = schedule.any(ids);
            boolean isSpoolEmpty = node.engine().metrics().getSpoolFiles() == 0;
            schedule.note("discard", node.name() + " " + id);
            expectations.discarding(id);
            DeadLetterAdmin.Discard discard = node.engine().deadLetters().discardOne(id);
            schedule.note("operator answered", node.name() + " " + id + " " + discard);
            if (discard == DeadLetterAdmin.Discard.DISCARDED && isSpoolEmpty) {
                answered(node, () -> expectations.discarded(id));
            }
        }
    }

    private void kill(Host host) {
        schedule.note("kill", host.name);
        kills++;
        count(host.node);
        host.node.die();
        database.disconnect(host.node);
        dead.add(host.node);
        host.node = null;
    }

    private void count(SimulatedNode node) {
        EngineMetrics metrics = node.engine().metrics();
        counted += metrics.get(LateCounter.DELIVERED) + metrics.get(LateCounter.EXPIRED);
    }

    /** Stops a node as a server does, unless it is in the middle of something. */
    private void stop(Host host) {
        if (schedule.isTop()) {
            schedule.note("stop", host.name);
            stops++;
            SimulatedNode node = host.node;
            node.close();
            if (host.node != node) {
                // It was killed meanwhile.
                return;
            }
            count(node);
            node.die();
            database.disconnect(node);
            host.node = null;
        }
    }

    private void restart() {
        List<Host> stopped = hosts.stream().filter(host -> host.node == null).toList();
        if (!stopped.isEmpty() && schedule.isTop()) {
            start(schedule.any(stopped));
        }
    }

    /** Sets the clock of a node that has compared it with the database's, and has not noticed yet. */
    private void jump(Host host) {
        Duration by = schedule.any(
                List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ofSeconds(30), Duration.ofSeconds(-30)));
        schedule.note("clock set", host.name + " " + by);
        Duration skew = Duration.between(schedule.now(), host.clock.instant());
        SimulatedNode node = host.node;
        schedule.unbroken(() -> node.engine().openStore());
        // Back to the right time, or away from it.
        host.clock.jump(skew.abs().compareTo(Duration.ofSeconds(2)) > 0 ? skew.negated() : by);
    }

    /** Ends the threads of nodes that died, once none of them is in the middle of something. */
    private void bury() {
        if (schedule.isTop()) {
            // Another node may be killed while one is closed.
            while (!dead.isEmpty()) {
                dead.remove(0).close();
            }
        }
    }

    /** Lets time go on until nothing is left to do. */
    private void finish() {
        hosts.get(0).node.engine().setPaused(false);
        if (schedule.chance(0.3)) {
            hosts.get(0).node.engine().deadLetters().retryAll(DeadLetterFilter.all());
        }
        for (int round = 0; round < MAX_ROUNDS; round++) {
            pollAll();
            if (isQuiet()) {
                return;
            }
            schedule.advance(untilNextWork());
        }
        expectations.violated("unfinished: " + openItems() + ", spools "
                + hosts.stream()
                        .map(host -> host.node.engine().metrics().getSpoolFiles())
                        .toList());
    }

    private void pollAll() {
        for (Host host : hosts) {
            host.node.runAllPostponed();
            host.node.engine().pollOnce();
        }
    }

    private List<List<String>> openItems() {
        return database.rows("SELECT item_id, state, lane, due_at, lease_until FROM playtcha_late_item"
                + " WHERE lane NOT IN ('DONE', 'DEAD')");
    }

    private boolean isQuiet() {
        return openItems().isEmpty()
                && hosts.stream().allMatch(host -> host.node.engine().metrics().getSpoolFiles() == 0);
    }

    private Duration untilNextWork() {
        String next = database.rows("SELECT MIN(GREATEST(due_at, lease_until)) FROM playtcha_late_item"
                        + " WHERE lane NOT IN ('DONE', 'DEAD')")
                .get(0)
                .get(0);
        long millis = next == null ? 0 : Long.parseLong(next) - schedule.now().toEpochMilli();
        boolean isSpooled =
                hosts.stream().anyMatch(host -> host.node.engine().metrics().getSpoolFiles() > 0);
        return Duration.ofMillis(Math.max(1000, Math.min(millis + 100, isSpooled ? 5000 : 60_000)));
    }

    private void check() {
        // Long enough for the next count, and for a lease to be renewed that a node still held.
        schedule.advance(Duration.ofSeconds(61));
        pollAll();
        int before = database.renewals();
        schedule.advance(SimulatedNode.LEASE);
        pollAll();
        if (database.renewals() > before) {
            expectations.violated("a node still renews a lease");
        }
        List<List<String>> leased =
                database.rows("SELECT item_id, lease_until FROM playtcha_late_item WHERE lease_until > 0");
        if (!leased.isEmpty()) {
            expectations.violated("leases are left: " + leased);
        }
        List<String> ids = new ArrayList<>(expectations.ids());
        Map<String, Optional<LateItem>> stored = new HashMap<>();
        ids.forEach(id -> stored.put(id, inspector.find(id)));
        Map<String, List<String>> effects = database.rows("SELECT item_id, outcome, code FROM effect").stream()
                .collect(Collectors.groupingBy(
                        row -> row.get(0),
                        Collectors.mapping(
                                row -> row.get(1) + (row.get(2) == null ? "" : " " + row.get(2)),
                                Collectors.toList())));
        expectations.check(stored, effects);
        hosts.forEach(this::checkSpool);
        checkMetrics();
    }

    private void checkSpool(Host host) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(host.directory)) {
            for (Path file : files) {
                // A node that was killed, or whose disk failed, in the middle of a write leaves that file.
                if (!file.toString().endsWith(".tmp")) {
                    expectations.violated("a file is left in the spool: " + file.getFileName());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkMetrics() {
        LateStore.Counts counts = inspector.counts();
        for (Host host : hosts) {
            EngineMetrics metrics = host.node.engine().metrics();
            count(host.node);
            if (metrics.getDeadLetters() != counts.dead()
                    || metrics.getPending() != counts.awaiting() + counts.ready()
                    || metrics.getRetrying() != counts.retrying()) {
                expectations.violated("a node counts otherwise than the store: " + metrics.getDeadLetters()
                        + " dead letters, " + metrics.getPending() + " pending, " + metrics.getRetrying()
                        + " retrying, and not " + counts);
            }
        }
        int ended = Integer.parseInt(database.rows("SELECT (SELECT COUNT(*) FROM playtcha_late_ended"
                        + " WHERE state IN ('DELIVERED', 'EXPIRED')) + (SELECT COUNT(*) FROM playtcha_late_item"
                        + " WHERE state IN ('DELIVERED', 'EXPIRED'))")
                .get(0)
                .get(0));
        // A node counts a delivery once it knows that it was committed. What it did not know when it died, or when it
        // was
        // stopped after answers to commits were lost, nobody has counted.
        int uncounted = kills * MAX_TASKS + (stops == 0 ? 0 : database.lostAnswers());
        if (counted > ended || counted < ended - uncounted) {
            expectations.violated("nodes counted " + counted + " delivered items, the store has " + ended);
        }
    }

    private void closeAll() throws IOException {
        bury();
        for (Host host : hosts) {
            if (host.node != null) {
                host.node.die();
                database.disconnect(host.node);
                host.node.close();
            }
            if (Files.isDirectory(host.directory)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(host.directory)) {
                    for (Path file : files) {
                        Files.delete(file);
                    }
                }
            }
        }
        database.resolveAllDoubts();
    }

    @Override
    public void handle(SimulatedNode node, LateResult result, Delivery delivery) throws Exception {
        String id = result.getId();
        requireAlive(node);
        schedule.note("handler", node.name() + " " + id + " " + result.getOutcome());
        expectations.handling(result);
        node.wasInterrupted();
        schedule.during(node, false, 0.3, this::others);
        misbehave(node);
        switch (Expectations.Effect.of(id)) {
            case TRANSACTION ->
                write(node, result, delivery.unwrap(Connection.class).orElseThrow());
            case COMPLETE_WITH -> {
                try (Connection connection = node.dataSource().getConnection()) {
                    connection.setAutoCommit(false);
                    write(node, result, connection);
                    delivery.completeWith(connection);
                    schedule.during(node, false, 0.1, this::others);
                    misbehave(node);
                    connection.commit();
                }
            }
            default -> schedule.during(node, false, 0.1, this::others);
        }
        misbehave(node);
        expectations.succeeded(id);
    }

    private void write(SimulatedNode node, LateResult result, Connection connection) throws Exception {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO effect VALUES (?, ?, ?)")) {
            insert.setString(1, result.getId());
            insert.setString(2, result.getOutcome().name());
            insert.setString(3, result.getCode());
            insert.executeUpdate();
        }
        schedule.during(node, false, 0.1, this::others);
    }

    private static void requireAlive(SimulatedNode node) {
        if (!node.isAlive()) {
            throw new IllegalStateException("the node is dead");
        }
    }

    private void misbehave(SimulatedNode node) throws Exception {
        requireAlive(node);
        if (node.wasInterrupted() && schedule.chance(0.7)) {
            throw new InterruptedException();
        }
        if (schedule.happens(handlerTrouble)) {
            int kind = schedule.random.nextInt(10);
            schedule.note("handler " + (kind < 5 ? "throws" : kind < 8 ? "postpones" : "gives up"), node.name());
            if (kind < 5) {
                throw kind == 0 ? new SQLException("no such account") : new IllegalStateException("no such account");
            }
            throw kind < 8 ? new RetryLater(schedule.between(1000, 20_000)) : new GiveUp("no such account");
        }
    }

    @Override
    public Poll pollTask(SimulatedNode node, String id) {
        schedule.note("task polled", node.name() + " " + id);
        schedule.during(node, false, 0.1, this::others);
        Poll answer = answers.getOrDefault(id, new Poll.NotReady());
        if (!node.isAlive() || schedule.happens(serviceTrouble)) {
            return Poll.failure("no answer", null, schedule.chance(0.5) ? Poll.Scope.SERVICE : Poll.Scope.REACHED);
        }
        if (answer instanceof Poll.Final last && last.code() != null) {
            expectations.polled(id, last.code());
        }
        return answer;
    }

    @Override
    public VerdictClient playtcha(SimulatedNode node) {
        return token -> {
            schedule.note("verdict polled", node.name() + " " + token);
            CallResult answer = verdict(node, token);
            schedule.during(node, false, 0.1, this::others);
            return node.isAlive() ? answer : TestResults.failure(Reason.TIMEOUT, "dead", true);
        };
    }

    private CallResult verdict(SimulatedNode node, String token) {
        boolean isTrouble = !node.isAlive() || schedule.happens(serviceTrouble);
        int kind = node.isAlive() ? schedule.random.nextInt(5) : 0;
        if (isTrouble && kind < 3) {
            return kind == 0
                    ? TestResults.failure(Reason.CONNECT, "down", false)
                    : kind == 1
                            ? TestResults.failure(Reason.TIMEOUT, "no answer", true)
                            : TestResults.answer(429, Map.of(), schedule.between(0, 20_000), null);
        }
        Expectations.Token expected = tokens.get(token);
        boolean isFirst = !expected.redeemed;
        expected.redeemed = true;
        if (isTrouble) {
            schedule.note("verdict lost", node.name() + " " + token);
            return TestResults.failure(Reason.TIMEOUT, "no answer", true);
        }
        Map<String, String> error = Map.of("code", "already_redeemed", "message", "m", "request_id", "r-1");
        return isFirst
                ? TestResults.answer(200, Map.of("success", expected.isGood))
                : TestResults.answer(409, Map.of("error", error));
    }

    @Override
    public LateListener listener(SimulatedNode node) {
        return (id, kind, from, to, outcome) -> {
            if (node.isAlive()) {
                schedule.note("item " + to, node.name() + " " + id + (outcome == null ? "" : " " + outcome));
                expectations.published(id, to);
            }
        };
    }
}
