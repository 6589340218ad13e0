package com.playtcha.jakarta.internal.late.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.LateSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.jdbc.RecordingDataSource;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import com.playtcha.jakarta.late.TestClock;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Late verdicts of guards, with real HTTP, a real database and a test clock. */
class LateServiceTest {
    private static final String SECRET = "sk_test_0123456789abcdef";
    private static final Duration UNTIL_FIRST_ATTEMPT = Duration.ofSeconds(11);

    @TempDir
    Path directory;

    private final TestClock clock = new TestClock();
    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().secret(SECRET).start();
    private final LateResultsFacade facade = new LateResultsFacade(() -> null);
    private final List<LateResult> handled = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private PlaytchaRuntime runtime;
    private LateService service;

    @BeforeEach
    void start() {
        facade.setHandler((result, delivery) -> handled.add(result));
        startAgain();
    }

    private void startAgain() {
        runtime = PlaytchaRuntime.start(List.of(), List.of());
        service = startFor(facade);
    }

    private LateService startFor(LateResultsFacade facade) {
        return startFor(facade, Map.of("late-dir", directory.toString()));
    }

    private LateService startFor(LateResultsFacade facade, Map<String, String> values) {
        LateSettings settings = TestSettings.late(values);
        // A busy machine may take longer for a flush than a visitor would wait.
        TestLateConfig config = new TestLateConfig(settings).tracking(Duration.ofSeconds(30), 100);
        return LateService.start(
                settings,
                ProxySetting.NONE,
                runtime,
                facade,
                getClass().getClassLoader(),
                config,
                clock,
                clock::nanoTime);
    }

    private void stop() {
        service.close();
        runtime.close();
    }

    @AfterEach
    void end() throws Exception {
        stop();
        playtcha.close();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private Guard guard(String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of(
                "secret",
                SECRET,
                "base-url",
                playtcha.baseUrl().toString(),
                "late-verdicts",
                "true",
                "timeout",
                "20s"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return runtime.guard(TestSettings.guard(values));
    }

    private LateResult awaitResult() {
        await().atMost(60, TimeUnit.SECONDS).until(() -> handled.size() == 1);
        return handled.get(0);
    }

    private Verification letThrough(Guard guard, String token, Reply trouble) {
        playtcha.script(trouble);
        Verification passed = guard.verify(token);
        assertThat(passed.getOutcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(passed.isAllowed()).isTrue();
        assertThat(passed.getDeferralId()).isNotNull();
        return passed;
    }

    @ParameterizedTest
    @CsvSource({"ok-1, VERIFIED", "success-false-1, REJECTED", "expired-1, EXPIRED"})
    void handlerReceivesTheLateVerdictWithTheDeferralIdOfTheRequest(String token, LateOutcome outcome) {
        Verification passed = letThrough(guard(), token, Reply.error(500, "db_error", "m"));

        assertThat(handled).isEmpty();
        clock.advance(UNTIL_FIRST_ATTEMPT);

        LateResult result = awaitResult();
        assertThat(result.getId()).isEqualTo(passed.getDeferralId());
        assertThat(result.getKind()).isEqualTo(LateKind.LATE_VERDICT);
        assertThat(result.getOutcome()).isEqualTo(outcome);
        assertThat(result.getAttempts()).isEqualTo(1);
        assertThat(playtcha.requestCount()).isEqualTo(2);
        await().until(() ->
                facade.getTasks().find(result.getId()).orElseThrow().getState().isFinal());
    }

    @Test
    void alreadyRedeemedIsUnconfirmedIfAnEarlierAttemptMayHaveRedeemedTheToken() {
        Verification passed = letThrough(guard("timeout", "3s"), "redeemed-1", Reply.hang());

        clock.advance(UNTIL_FIRST_ATTEMPT);

        assertThat(awaitResult().getOutcome()).isEqualTo(LateOutcome.UNCONFIRMED);
        assertThat(handled.get(0).getError().getCode()).isEqualTo("already_redeemed");
        assertThat(handled.get(0).getId()).isEqualTo(passed.getDeferralId());
    }

    @Test
    void alreadyRedeemedIsRejectedIfNoEarlierAttemptWasSent() {
        playtcha.refuse();
        Verification passed = guard().verify("redeemed-1");
        assertThat(passed.getDeferralId()).isNotNull();

        playtcha.accept();
        clock.advance(UNTIL_FIRST_ATTEMPT);

        assertThat(awaitResult().getOutcome()).isEqualTo(LateOutcome.REJECTED);
    }

    private static LateResultsFacade application(String name) {
        LateResultsFacade other = new LateResultsFacade(() -> null);
        other.setName(name);
        return other;
    }

    @Test
    void anotherApplicationOnTheSameDirectoryIsRefusedUntilTheFirstHasEnded() {
        LateResultsFacade shop = application("/shop");
        LateResultsFacade blog = application("/blog");
        String folder = directory.resolve("shared").toString();
        for (Map<String, String> store :
                List.of(Map.of("late-dir", folder), Map.of("late-dir", folder, "late-datasource", "jdbc/none"))) {
            LateService first = startFor(shop, Map.of("late-dir", folder));
            try {
                assertThatThrownBy(() -> startFor(blog, store))
                        .isInstanceOf(PlaytchaConfigurationException.class)
                        .hasMessageContaining("late-dir")
                        .hasMessageContaining(folder)
                        .hasMessageContaining("/shop");
            } finally {
                first.close();
            }
        }

        startFor(blog, Map.of("late-dir", folder)).close();
    }

    @Test
    void anApplicationThatIsRefusedLateLeavesTheDatabaseOfTheOtherOneOpen() throws Exception {
        Path folder = directory.resolve("shared");
        Map<String, String> values = Map.of("late-dir", folder.toString());
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        LateResultsFacade shop = application("/shop");
        shop.setHandler((result, delivery) -> {
            Connection connection = delivery.unwrap(Connection.class).orElseThrow();
            called.countDown();
            refused.await();
            handled.add(result);
            assertThat(connection.isValid(0)).isTrue();
        });
        LateService first = startFor(shop, values);
        try {
            first.engine().inbox().accept("task-1", "done");
            assertThat(called.await(1, TimeUnit.MINUTES)).isTrue();
            // As where both start at once: the second one sees the first only when it takes the folder over.
            Files.delete(folder.resolve("application"));
            assertThatThrownBy(() -> startFor(application("/blog"), values))
                    .isInstanceOf(PlaytchaConfigurationException.class)
                    .hasMessageContaining("/shop");
            refused.countDown();

            awaitResult();
            await().until(() -> shop.find("task-1").orElseThrow().getState() != LateState.READY);
            assertThat(shop.find("task-1").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
        } finally {
            refused.countDown();
            first.close();
        }
    }

    @Test
    void aNewVersionOfAnApplicationMayStartWhileTheOldOneEnds() {
        String folder = directory.resolve("shared").toString();
        LateService before = startFor(application("/shop"), Map.of("late-dir", folder));
        LateService after = startFor(application("/shop"), Map.of("late-dir", folder));
        try {
            before.close();

            assertThatThrownBy(() -> startFor(application("/blog"), Map.of("late-dir", folder)))
                    .isInstanceOf(PlaytchaConfigurationException.class);
        } finally {
            after.close();
        }
    }

    @Test
    void aNewVersionThatEndsFirstLeavesTheDirectoryToTheOldOne() {
        Path folder = directory.resolve("shared");
        Map<String, String> values = Map.of("late-dir", folder.toString());
        LateService before = startFor(application("/shop"), values);
        try {
            startFor(application("/shop"), values).close();

            assertThatThrownBy(() -> startFor(application("/blog"), values))
                    .isInstanceOf(PlaytchaConfigurationException.class)
                    .hasMessageContaining("/shop");
        } finally {
            before.close();
        }
        startFor(application("/blog"), values).close();
        assertThat(new LateDirectory(folder).otherApplication("/shop")).isEmpty();
    }

    @Test
    void ofTwoApplicationsThatStartAtOnceOnOneDirectoryOneIsRefused() throws Exception {
        Map<String, String> values =
                Map.of("late-dir", directory.resolve("shared").toString(), "late-datasource", "own");
        try (EmbeddedH2 h2 = EmbeddedH2.in(directory.resolve("own"), null)) {
            LateResultsFacade shop = application("/shop");
            LateResultsFacade blog = application("/blog");
            CountDownLatch shopStarts = new CountDownLatch(1);
            CountDownLatch blogHasStarted = new CountDownLatch(1);
            blog.setDataSources(name -> JdbcStores.dataSource(h2));
            shop.setDataSources(name -> {
                shopStarts.countDown();
                try {
                    blogHasStarted.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return JdbcStores.dataSource(h2);
            });
            CompletableFuture<LateService> starting = CompletableFuture.supplyAsync(() -> startFor(shop, values));
            assertThat(shopStarts.await(1, TimeUnit.MINUTES)).isTrue();
            LateService other = startFor(blog, values);
            try {
                blogHasStarted.countDown();

                assertThatThrownBy(() -> starting.get(1, TimeUnit.MINUTES).close())
                        .hasCauseInstanceOf(PlaytchaConfigurationException.class)
                        .hasMessageContaining("/blog");
            } finally {
                other.close();
            }
            startFor(shop, values).close();
        }
    }

    @Test
    void ofTwoProcessesThatStartAtOnceOnOneDirectoryOneIsRefused() throws Exception {
        Path folder = directory.resolve("shared");
        Process blog = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        home(LateDirectory.class)
                                + File.pathSeparator
                                + home(org.slf4j.Logger.class)
                                + File.pathSeparator
                                + home(StartingApplication.class),
                        StartingApplication.class.getName(),
                        folder.toString(),
                        "/blog")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream goOn = blog.getOutputStream()) {
            assertThat(blog.getInputStream().read()).isZero();
            LateResultsFacade shop = application("/shop");
            shop.setDataSources(name -> {
                // It has not seen the other one, which uses the folder from here on.
                try {
                    goOn.write(0);
                    goOn.flush();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return new PGSimpleDataSource();
            });
            Map<String, String> values = Map.of("late-dir", folder.toString(), "late-datasource", "own");

            assertThatThrownBy(() -> startFor(shop, values).close())
                    .isInstanceOf(PlaytchaConfigurationException.class)
                    .hasMessageContaining("/blog");
        } finally {
            blog.destroyForcibly().waitFor();
        }
    }

    private static Path home(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    void otherProcessesSeeThatAnApplicationUsesItsDirectoryWhileItsStoreIsNotOpenYet() throws Exception {
        Path folder = directory.resolve("shared");
        CountDownLatch open = new CountDownLatch(1);
        LateResultsFacade shop = application("/shop");
        try (EmbeddedH2 h2 = EmbeddedH2.in(directory.resolve("own"), null)) {
            RecordingDataSource slow = new RecordingDataSource(JdbcStores.dataSource(h2), true);
            slow.hangUntil(open);
            shop.setDataSources(name -> slow);
            CompletableFuture<LateService> starting = CompletableFuture.supplyAsync(
                    () -> startFor(shop, Map.of("late-dir", folder.toString(), "late-datasource", "jdbc/slow")));
            await().until(() -> slow.waiting() > 0);

            try (Closeable lock = new LateDirectory(folder).tryLock().orElse(null)) {
                assertThat(lock).isNull();
            } finally {
                open.countDown();
                starting.get(1, TimeUnit.MINUTES).close();
            }
        }
    }

    @Test
    void deniedRequestsAreNotTracked() {
        playtcha.always(Reply.error(500, "db_error", "m"));

        Verification closed = guard("fail-closed", "true").verify("t-1");
        Verification limited = guard("fail-open-per-minute", "0").verify("t-2");
        Verification untracked = guard("late-verdicts", "false").verify("t-3");

        assertThat(closed.isAllowed()).isFalse();
        assertThat(limited.isAllowed()).isFalse();
        assertThat(untracked.isAllowed()).isTrue();
        assertThat(List.of(closed, limited, untracked))
                .extracting(Verification::getDeferralId)
                .containsOnlyNulls();
    }

    @Test
    void guardsOfOneRequestTrackItsTokenOnce() {
        playtcha.script(Reply.error(500, "db_error", "m"));
        RequestVerifications request = new RequestVerifications();
        PresentedToken token = PresentedToken.of(java.util.List.of("ok-1"), 4096);

        Verification untracked = request.verify(guard("late-verdicts", "false"), token, Caller.UNKNOWN);
        Verification first = request.verify(guard(), token, Caller.UNKNOWN);
        Verification second = request.verify(guard("mode", "monitor"), token, Caller.UNKNOWN);

        assertThat(untracked.getDeferralId()).isNull();
        assertThat(first.getDeferralId()).isNotNull();
        assertThat(second.getDeferralId()).isEqualTo(first.getDeferralId());
        clock.advance(UNTIL_FIRST_ATTEMPT);
        assertThat(awaitResult().getId()).isEqualTo(first.getDeferralId());
    }

    private static Map<String, Object> shown(RequestVerifications request) {
        Map<String, Object> attributes = new HashMap<>();
        request.publish(new Caller() {
            @Override
            public void setAttribute(String name, Object value) {
                attributes.put(name, value);
            }
        });
        return attributes;
    }

    @Test
    void theIdOfATrackedRequestStaysWhateverLaterGuardsDecide() {
        playtcha.script(Reply.error(500, "db_error", "m"));
        RequestVerifications request = new RequestVerifications();
        PresentedToken token = PresentedToken.of(java.util.List.of("ok-1"), 4096);

        String id = request.verify(guard(), token, Caller.UNKNOWN).getDeferralId();
        assertThat(id).isNotNull();
        assertThat(shown(request)).containsEntry("playtcha.deferral-id", id);

        request.verify(guard("enabled", "false"), token, Caller.UNKNOWN);
        assertThat(shown(request))
                .containsEntry("playtcha.deferral-id", id)
                .containsEntry("playtcha.outcome", "DISABLED");

        request.verify(
                guard("mode", "monitor", "fail-closed", "true", "late-verdicts", "false"), token, Caller.UNKNOWN);
        assertThat(shown(request)).containsEntry("playtcha.deferral-id", id).containsEntry("playtcha.allowed", false);
        assertThat(request.latest().getDeferralId()).isEqualTo(id);
        assertThat(request.latest().isAllowed()).isFalse();

        request.fail(Caller.UNKNOWN);
        assertThat(shown(request)).containsEntry("playtcha.deferral-id", id).containsEntry("playtcha", null);
    }

    @Test
    void aTokenInTheStoreIsDeniedAlthoughAnotherGuardAllowedIt() {
        letThrough(guard(), "ok-1", Reply.error(500, "db_error", "m"));
        stop();
        startAgain();
        playtcha.script(Reply.error(500, "db_error", "m"));
        RequestVerifications request = new RequestVerifications();
        PresentedToken token = PresentedToken.of(java.util.List.of("ok-1"), 4096);

        Verification untracked = request.verify(guard("late-verdicts", "false"), token, Caller.UNKNOWN);
        Verification tracking = request.verify(guard(), token, Caller.UNKNOWN);

        assertThat(untracked.isAllowed()).isTrue();
        assertThat(tracking.isAllowed()).isFalse();
        assertThat(tracking.getReason()).isEqualTo(Reason.REPEATED_UNVERIFIED);
        assertThat(request.latest().isAllowed()).isFalse();
    }

    @Test
    void aRecordThatTheRequestItselfStoredTooLateIsNoRepetitionForItsNextGuard() {
        PlaytchaRuntime slow = PlaytchaRuntime.start(List.of(), List.of());
        opened.add(slow);
        // The store that answers too late, and then knows the token.
        List<String> kept = new CopyOnWriteArrayList<>();
        slow.setLateVerdicts(
                (source, project, token, age, sent) -> {
                    boolean repeated = kept.contains(token);
                    kept.add(token);
                    return new FailOpenTracker.TrackResult(repeated, null);
                },
                (source, questions) -> {});
        Map<String, String> values = Map.of(
                "secret", SECRET, "base-url", playtcha.baseUrl().toString(), "late-verdicts", "true", "timeout", "1s");
        Map<String, String> others = new HashMap<>(values);
        others.put("max-token-length", "100");
        playtcha.script(Reply.error(500, "db_error", "m"));
        RequestVerifications request = new RequestVerifications();
        PresentedToken token = PresentedToken.of(java.util.List.of("ok-1"), 4096);

        Verification first = request.verify(slow.guard(TestSettings.guard(values)), token, Caller.UNKNOWN);
        Verification second = request.verify(slow.guard(TestSettings.guard(others)), token, Caller.UNKNOWN);

        assertThat(kept).hasSize(2);
        assertThat(List.of(first, second)).allMatch(Verification::isAllowed);
    }

    @Test
    void aTokenIsNotAllowedTwiceWithoutAVerdictAcrossARestart() {
        letThrough(guard(), "ok-1", Reply.error(500, "db_error", "m"));
        stop();
        startAgain();

        playtcha.script(Reply.error(500, "db_error", "m"));
        Verification again = guard("fail-open-per-minute", "1").verify("ok-1");
        playtcha.script(Reply.error(500, "db_error", "m"));
        Verification other = guard("fail-open-per-minute", "1").verify("ok-2");

        assertThat(again.isAllowed()).isFalse();
        assertThat(again.getReason()).isEqualTo(Reason.REPEATED_UNVERIFIED);
        // Who was denied has used up nobody's pass.
        assertThat(other.isAllowed()).isTrue();
    }

    @Test
    void pendingItemsAreVerifiedAfterARestart() {
        Verification passed = letThrough(guard(), "ok-1", Reply.error(500, "db_error", "m"));
        stop();

        startAgain();
        guard();
        clock.advance(UNTIL_FIRST_ATTEMPT);

        assertThat(awaitResult().getId()).isEqualTo(passed.getDeferralId());
        assertThat(handled.get(0).getOutcome()).isEqualTo(LateOutcome.VERIFIED);
    }

    @Test
    void aThrottledLateVerdictOpensTheWindowForVisitors() {
        Guard guard = guard();
        letThrough(guard, "ok-1", Reply.error(500, "db_error", "m"));
        playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "30"));

        clock.advance(UNTIL_FIRST_ATTEMPT);
        playtcha.awaitRequests(2, Duration.ofSeconds(20));

        await().until(() -> guard.verify("ok-2").getReason() == Reason.THROTTLE_WINDOW);
        assertThat(handled).isEmpty();
    }

    @Test
    void trackingDoesNotBlockAnAsynchronousCaller() throws Exception {
        Guard guard = guard();
        playtcha.script(Reply.error(500, "db_error", "m"));

        CompletableFuture<String> thread = new CompletableFuture<>();
        Verification passed = guard.verifyAsync("ok-1")
                .whenComplete((v, bug) -> thread.complete(Thread.currentThread().getName()))
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES);

        assertThat(passed.getDeferralId()).isNotNull();
        assertThat(thread.get(1, TimeUnit.MINUTES)).startsWith("playtcha-");
    }

    @Test
    void resultsWaitUntilAHandlerIsSet() {
        stop();
        LateResultsFacade bare = new LateResultsFacade(() -> null);
        runtime = PlaytchaRuntime.start(List.of(), List.of());
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            service = startFor(bare);
            service.engine().inbox().accept("task-1", "done");

            await().until(() -> log.everything().contains("no LateResultHandler"));
        }
        await().until(() -> {
            clock.advance(Duration.ofSeconds(1));
            return bare.getMetrics().orElseThrow().getReady() == 1;
        });
        LateItem waiting = bare.getTasks().find("task-1").orElseThrow();
        assertThat(waiting.getState()).isEqualTo(LateState.READY);
        assertThat(waiting.getFailures()).isZero();

        bare.setHandler((result, delivery) -> handled.add(result));
        clock.advance(Duration.ofSeconds(5));
        assertThat(awaitResult().getCode()).isEqualTo("done");
    }

    @Test
    void aHandlerThatIsCalledAtTheStartOrDuringTheEndCanUseItsTasks() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch ending = new CountDownLatch(1);
        List<LateState> seen = new CopyOnWriteArrayList<>();
        facade.setHandler((result, delivery) -> {
            entered.countDown();
            ending.await();
            seen.add(facade.getTasks().find(result.getId()).orElseThrow().getState());
        });
        service.engine().inbox().accept("task-1", "done");
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();

        Thread closing = new Thread(service::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        ending.countDown();
        closing.join(60_000);

        assertThat(seen).containsExactly(LateState.READY);
        assertThat(facade.getMetrics()).isEmpty();
    }

    @Test
    void handlersRunOnVirtualThreadsWhereTheSettingSaysSoAndTheJdkHasThem() throws Exception {
        stop();
        boolean hasThem = Runtime.version().feature() >= 21;
        List<Thread> threads = new CopyOnWriteArrayList<>();
        facade.setHandler((result, delivery) -> threads.add(Thread.currentThread()));
        runtime = PlaytchaRuntime.start(List.of(), List.of());
        try (CapturedLog log = new CapturedLog(LateService.class.getName(), Level.INFO)) {
            service = startFor(
                    new LateResultsFacade(() -> null),
                    Map.of("late-dir", directory.toString(), "late-virtual-threads", "true"));
            assertThat(log.everything())
                    .contains(hasThem ? "handler threads=virtual" : "has no virtual threads", "handler threads=");
        }
        service.close();
        service = startFor(facade, Map.of("late-dir", directory.toString(), "late-virtual-threads", "true"));
        service.engine().inbox().accept("task-1", "done");

        await().until(() -> threads.size() == 1);
        assertThat(threads.get(0).getName()).startsWith("playtcha-late-handler-");
        if (hasThem) {
            assertThat(Thread.class.getMethod("isVirtual").invoke(threads.get(0)))
                    .isEqualTo(true);
        }
    }

    @Test
    void listenersReceiveEachTransition() {
        List<LateState> states = new CopyOnWriteArrayList<>();
        facade.addListener((id, kind, from, to, outcome) -> states.add(to));

        facade.getTasks().track("task-1");
        service.engine().inbox().accept("task-1", "done");
        awaitResult();

        await().untilAsserted(() ->
                assertThat(states).containsExactly(LateState.AWAITING, LateState.READY, LateState.DELIVERED));
    }

    @Test
    void callsThrowWhileNoEngineRuns() {
        LateResultsFacade idle = new LateResultsFacade(() -> null);

        assertThat(idle.inbox()).isNull();
        assertThatThrownBy(() -> idle.getTasks().track("task-1"))
                .isInstanceOf(LateUnavailableException.class)
                .hasMessageContaining("late-dir");
    }

    @Test
    void anEngineIsNotSetAfterTheEnd() {
        LateResultsFacade stopped = new LateResultsFacade(() -> null);
        stopped.stop();

        assertThat(stopped.setRunning(service)).isFalse();

        assertThat(stopped.getMetrics()).isEmpty();
        assertThat(stopped.inbox()).isNull();
    }
}
