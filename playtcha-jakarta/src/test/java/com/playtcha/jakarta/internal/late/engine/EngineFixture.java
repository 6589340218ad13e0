package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.gate.TestResults;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.jdbc.RecordingDataSource;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.TestClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An engine on a real database that can be taken away, with services that a test scripts and a clock that it moves. */
public abstract class EngineFixture {
    @TempDir
    protected Path directory;

    protected final TestClock clock = new TestClock();
    protected final JsonWriter writer = new JsonWriter();
    protected final ResultText results = new ResultText(new StrictJson(), writer);
    protected final List<String> transitions = new CopyOnWriteArrayList<>();
    protected final List<LateListener> listeners =
            new CopyOnWriteArrayList<>(List.of((id, kind, from, to, outcome) -> transitions.add(from + ">" + to)));
    protected final List<LateResult> handled = new CopyOnWriteArrayList<>();
    protected final List<String> verdictPolls = new CopyOnWriteArrayList<>();
    protected final List<String> polled = new CopyOnWriteArrayList<>();
    protected volatile Function<String, CallResult> playtcha = token -> ok(true);
    protected volatile Function<String, Poll> service = id -> new Poll.NotReady();
    protected volatile LateResultHandler handler = (result, delivery) -> {};
    protected EmbeddedH2 h2;
    protected RecordingDataSource database;
    protected LateStore store;
    protected SpoolDirectory spool;
    protected LateEngine engine;

    @BeforeEach
    void openDatabase() throws SQLException {
        h2 = EmbeddedH2.in(directory.resolve("h2"), null);
        // A row may be locked for as long as a slow disk takes.
        execute("SET DEFAULT_LOCK_TIMEOUT 60000");
        database = new RecordingDataSource(JdbcStores.dataSource(h2), true);
        store = JdbcStores.withLeaseClock(database, results, clock, h2);
        spool = spool(100);
    }

    @AfterEach
    void closeAll() {
        if (engine != null) {
            engine.close(Duration.ofSeconds(5));
        }
        h2.close();
        writer.close();
    }

    protected SpoolDirectory spool(int most) {
        return new SpoolDirectory(directory.resolve("spool"), most, 1 << 20, results, clock);
    }

    /** Work runs within {@code pollOnce}. */
    protected void start() {
        start(Runnable::run);
    }

    protected void start(Executor executor) {
        engine = build(config(), executor).spool(spool).poller(poller()).build();
        prepare(engine);
    }

    /** The defaults, but for the limits that run by the machine's clock: a slow machine is no subject here. */
    protected static TestLateConfig config() {
        return new TestLateConfig()
                .tracking(Duration.ofSeconds(30), 1024)
                .storeTimeout(Duration.ofSeconds(30))
                .maxWaiting(1000, Duration.ofSeconds(10))
                .linger(Duration.ZERO);
    }

    protected LateEngineBuilder build(TestLateConfig config, Executor executor) {
        return LateEngineBuilder.of(config, store, this::handle, clock, executor)
                .listeners(listeners);
    }

    protected void prepare(LateEngine prepared) {
        prepared.addVerdictClient("default", token -> {
            verdictPolls.add(token);
            return playtcha.apply(token);
        });
    }

    protected Function<String, Poll> poller() {
        return id -> {
            polled.add(id);
            return service.apply(id);
        };
    }

    private void handle(LateResult result, Delivery delivery) throws Exception {
        handled.add(result);
        handler.handle(result, delivery);
    }

    protected String track(String token, boolean sent) {
        FailOpenTracker.TrackResult deferral = engine.inbox().track("default", "project", token, Duration.ZERO, sent);
        assertThat(deferral.id()).isNotNull();
        return deferral.id();
    }

    /** Stores a result as another node does, which is down before it hands it over. */
    protected void acceptElsewhere(String id, String code) {
        LateResult result = LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                .code(code)
                .build();
        assertThat(store.take(new Arrival.Result(result), 1000, clock.instant()).outcome())
                .isEqualTo(AcceptResult.STORED);
    }

    protected void pollAfter(Duration pause) {
        clock.advance(pause);
        engine.pollOnce();
    }

    /** In steps of a second, as a scheduler would. */
    protected void run(Duration time) {
        run(time, Duration.ofSeconds(1));
    }

    /** In longer steps, for hours in which little happens. */
    protected void run(Duration time, Duration step) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            pollAfter(step);
        }
    }

    protected LateState state(String id) {
        return store.find(id).orElseThrow().getState();
    }

    protected long count(LateCounter count) {
        return engine.metrics().get(count);
    }

    protected int number(String sql) throws SQLException {
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    protected void execute(String sql) throws SQLException {
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    protected static CallResult ok(boolean success) {
        return TestResults.answer(200, Map.of("success", success));
    }

    protected static CallResult error(int status, String code) {
        Map<String, String> error = Map.of("code", code, "message", "m", "request_id", "r-1");
        return TestResults.answer(status, Map.of("error", error));
    }

    /** A reply whose body says nothing. */
    protected static CallResult reply(int status, Duration retryAfter, String location) {
        return TestResults.answer(status, Map.of(), retryAfter, location);
    }

    protected static CallResult none(boolean sent) {
        return TestResults.failure(sent ? Reason.TIMEOUT : Reason.CONNECT, "down", sent);
    }
}
