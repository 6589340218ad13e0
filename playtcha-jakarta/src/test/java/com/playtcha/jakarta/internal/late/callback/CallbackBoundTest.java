package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.HangingDisk;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While database or disk hang, callbacks hold a bounded number of the server's threads, for a bounded time. */
class CallbackBoundTest extends CallbackFixture {
    private static final Duration FOR_EVER = Duration.ofMinutes(30);
    private static final Duration LONG_WAIT = Duration.ofMillis(100);
    private static final int MAX_WAITING = 3;

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final CountDownLatch databaseWorks = new CountDownLatch(1);
    private final CountDownLatch diskWorks = new CountDownLatch(1);
    private Path disk;

    @BeforeEach
    void openDisk() {
        disk = HangingDisk.of(directory.resolve("hanging"));
        spool = new SpoolDirectory(disk, 1000, 1 << 20, results, clock);
        store.counts();
    }

    @AfterEach
    void endHang() {
        databaseWorks.countDown();
        diskWorks.countDown();
        callers.shutdownNow();
    }

    private void start(TestLateConfig config) {
        engine = LateEngineBuilder.of(config, store, (result, delivery) -> handled.add(result), clock, Runnable::run)
                .spool(spool)
                .poller(poller())
                .build();
        prepare(engine);
        serve(servlets -> {
            ResultCallbackServlet.register(servlets, "/callback", () -> KEY, inbox());
            addPage(servlets);
        });
    }

    private static void addPage(ServletContext servlets) {
        servlets.addServlet("page", new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.setHeader("Cache-Control", "no-store");
                        response.setHeader("X-Content-Type-Options", "nosniff");
                        response.setContentType("text/plain");
                        response.getWriter().print("page");
                    }
                })
                .addMapping("/page");
    }

    private String page() {
        URI uri = URI.create(request("").build().uri().toString().replace("/callback", "/page"));
        return send(HttpRequest.newBuilder(uri)).body();
    }

    private List<Future<Integer>> call(int number, AtomicInteger answered) {
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String id = "t" + i;
            answers.add(callers.submit(() -> {
                int status = send(request("id=" + id + "&code=a")
                                .timeout(FOR_EVER)
                                .header("X-Callback-Key", KEY))
                        .statusCode();
                answered.incrementAndGet();
                return status;
            }));
        }
        return answers;
    }

    /** Without the limit, each of these would wait for half an hour. */
    @Test
    void pastTheLimitTheAnswerIs503AtOnceAndOtherPagesAreServed() throws Exception {
        int many = 60;
        start(new TestLateConfig().storeTimeout(FOR_EVER).maxWaiting(MAX_WAITING, LONG_WAIT));
        database.hangUntil(databaseWorks);
        HangingDisk.hangUntil(disk, diskWorks);
        AtomicInteger answered = new AtomicInteger();
        List<Future<Integer>> answers = call(many, answered);

        await().until(() -> answered.get() == many - MAX_WAITING);

        HttpResponse<String> next = send(request("id=next&code=a").header("X-Callback-Key", KEY));
        assertThat(next.statusCode()).isEqualTo(503);
        assertThat(next.headers().firstValue("Retry-After")).isPresent();
        assertThat(page()).isEqualTo("page");
        assertThat(log.everything()).contains("late-max-waiting");
        databaseWorks.countDown();
        diskWorks.countDown();
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> answer : answers) {
            statuses.add(answer.get());
        }
        assertThat(statuses).filteredOn(status -> status == 200).hasSize(MAX_WAITING);
        assertThat(statuses).filteredOn(status -> status == 503).hasSize(many - MAX_WAITING);
        assertThat(getWithKey("id=next&code=a")).isEqualTo(200);
    }

    @Test
    void aTaskIsNotTrackedAndNotFoundPastTheLimitEither() throws Exception {
        start(new TestLateConfig().storeTimeout(FOR_EVER).maxWaiting(1, LONG_WAIT));
        database.hangUntil(databaseWorks);
        // Whichever has waited for long first keeps the only place.
        List<Future<Boolean>> finds = new ArrayList<>();
        for (String id : List.of("t1", "t2")) {
            finds.add(callers.submit(() -> isRefused(() -> engine.inbox().find(id))));
        }

        await().until(() -> finds.stream().anyMatch(Future::isDone));
        assertThat(isRefused(() -> engine.inbox().find("t3"))).isTrue();
        assertThat(isRefused(() -> engine.inbox().track("t4"))).isTrue();
        assertThat(getWithKey("id=t5&code=a")).isEqualTo(503);
        databaseWorks.countDown();
        assertThat(List.of(finds.get(0).get(), finds.get(1).get())).containsExactlyInAnyOrder(true, false);
        assertThat(getWithKey("id=t5&code=a")).isEqualTo(200);
    }

    private static boolean isRefused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (LateUnavailableException e) {
            return String.valueOf(e.getMessage()).contains("late-max-waiting");
        }
    }

    @Test
    void whatArrivesWhileOnlyTheDatabaseHangsIsSpooled() {
        start(new TestLateConfig().callbacks(Duration.ofMillis(100), FOR_EVER));
        database.hangUntil(databaseWorks);

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(spool.load().files()).isOne();
        databaseWorks.countDown();
        run(Duration.ofSeconds(30));
        assertThat(codes()).containsExactly("a");
    }

    @Test
    void whileBothHangTheAnswerIs503AndNothingIsTakenForKept() {
        start(new TestLateConfig().storeTimeout(Duration.ofMillis(100)));
        database.hangUntil(databaseWorks);
        HangingDisk.hangUntil(disk, diskWorks);

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(503);
        databaseWorks.countDown();
        diskWorks.countDown();
        await().until(() -> getWithKey("id=t1&code=a") == 200);
        run(Duration.ofSeconds(30));
        assertThat(codes()).containsExactly("a");
    }

    /** More of them than there are threads for such calls. */
    @Test
    void queriesThatHangDoNotHoldUpWhatArrives() {
        // Not the embedded database, which one thread uses at a time.
        store = JdbcStores.withLeaseClock(database, results, clock);
        store.counts();
        start(new TestLateConfig().storeTimeout(FOR_EVER));
        database.hangUntil(databaseWorks);
        for (int i = 0; i < 20; i++) {
            callers.submit(() -> engine.inbox().find("t1"));
        }
        await().until(() -> database.waiting() >= 8);
        database.hangUntil(new CountDownLatch(0));

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(spool.load().files()).isZero();
    }

    @Test
    void aDiskThatHangsWhileItIsDrainedHoldsUpNoDelivery() {
        database.setDown(true);
        start(new TestLateConfig().storeTimeout(FOR_EVER));
        assertThat(getWithKey("id=spooled&code=a")).isEqualTo(200);
        engine.close();
        HangingDisk.hangUntil(disk, diskWorks);
        database.setDown(false);
        engine = LateEngineBuilder.of(
                        new TestLateConfig().storeTimeout(FOR_EVER),
                        store,
                        (result, delivery) -> handled.add(result),
                        clock,
                        null)
                .spool(spool)
                .build();
        engine.start(Duration.ofMillis(100), () -> {});

        assertThat(getWithKey("id=stored&code=b")).isEqualTo(200);
        await().until(() -> handled.size() == 1);
        assertThat(handled.get(0).getId()).isEqualTo("stored");
        diskWorks.countDown();
        await().until(() -> handled.size() == 2);
    }
}
