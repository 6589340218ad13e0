package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** An acknowledged result is never lost, and nothing else is acknowledged (contract, section 7). */
class CallbackDurabilityTest extends CallbackFixture {

    @Test
    void resultsThatArriveWhileTheDatabaseIsDownAreDeliveredLater() {
        start();
        serve();
        engine.inbox().track("t1");
        database.setDown(true);

        assertThat(getWithKey("id=t1&code=yes")).isEqualTo(200);
        assertThat(postWithKey("id=t2&code=no")).isEqualTo(200);
        assertThat(codes()).isEmpty();
        assertThat(spool.list(10, null, any -> true)).hasSize(2);
        database.setDown(false);
        run(Duration.ofSeconds(5));

        assertThat(handled).extracting(LateResult::getCode).containsExactlyInAnyOrder("yes", "no");
    }

    @Test
    void aResultThatNothingCanStoreGets503() {
        spool = spool(1);
        TestTicker ticker = new TestTicker();
        start();
        serve(new ResultCallbackServlet(inbox(), () -> KEY, ticker, 32));
        database.setDown(true);
        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);

        assertThat(getWithKey("id=t2&code=some-code")).isEqualTo(503);
        assertThat(postWithKey("id=t2&code=some-code")).isEqualTo(503);
        assertThat(getWithKey("id=t3")).isEqualTo(503);
        assertThat(log.lines())
                .containsExactly(
                        "WARN Callbacks were answered with 503 and must be sent again: 1 since the last line, the"
                                + " last one because neither the store nor late-dir could keep the result");
        database.setDown(false);
        ticker.advance(Duration.ofMinutes(1));
        assertThat(getWithKey("id=t2&code=some-code")).isEqualTo(200);
        run(Duration.ofSeconds(5));

        assertThat(handled).extracting(LateResult::getId).containsExactlyInAnyOrder("t1", "t2");
    }

    @Test
    void withoutLateDirADatabaseThatIsDownMeans503() {
        engine = build(config(), Runnable::run).poller(poller()).build();
        serve();
        database.setDown(true);

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(503);
        database.setDown(false);
        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(codes()).containsExactly("a");
    }

    @Test
    void withoutARunningEngineTheResponseIs503() {
        serve();
        assertThat(getWithKey("id=t1&code=a")).isEqualTo(503);
        assertThat(getWithKey("id=&code=a")).isEqualTo(400);
        assertThat(get("id=t1&code=a")).isEqualTo(403);
        start();
        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(codes()).containsExactly("a");
        engine.close();
        engine = null;

        assertThat(getWithKey("id=t2&code=a")).isEqualTo(503);
        assertThat(log.everything()).contains("the engine of late results is not running");
    }

    @Test
    void aClosedEngineStillSpoolsResults() {
        start();
        serve();
        engine.close();

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(spool.list(10, null, any -> true)).hasSize(1);
        assertThat(getWithKey("id=t2")).isEqualTo(503);
    }

    @Test
    void oneResultSentByManyThreadsHasOneEffect() throws Exception {
        start();
        serve();
        ExecutorService callers = Executors.newFixedThreadPool(16);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Integer>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                boolean post = i % 2 == 0;
                answers.add(callers.submit(() -> {
                    go.await();
                    return post ? postWithKey("id=t1&code=a") : getWithKey("id=t1&code=a");
                }));
            }
            go.countDown();
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(200);
            }
        } finally {
            callers.shutdownNow();
        }

        run(Duration.ofSeconds(5));
        assertThat(handled).hasSize(1);
        assertThat(count(LateCounter.ACCEPTED)).isEqualTo(1);
        assertThat(count(LateCounter.DUPLICATE)).isEqualTo(63);
    }

    @Test
    void anotherResultForTheSameIdIsAcknowledgedAndChangesNothing() {
        start();
        serve();
        getWithKey("id=t1&code=first");

        assertThat(getWithKey("id=t1&code=second")).isEqualTo(200);
        assertThat(codes()).containsExactly("first");
        assertThat(postWithKey("id=t1&code=third")).isEqualTo(200);
        run(Duration.ofSeconds(5));

        assertThat(codes()).containsExactly("first");
        assertThat(count(LateCounter.DIFFERENT)).isEqualTo(2);
    }

    @Test
    void aCallbackMayArriveBeforeItsTaskIsTracked() {
        start();
        serve();

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(engine.inbox().track("t1").getState()).isEqualTo(LateState.READY);
        assertThat(codes()).containsExactly("a");
        assertThat(engine.inbox().track("t1").getState()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void manyCallbacksWaitForASlowStore() throws Exception {
        int many = 100;
        store.counts();
        start();
        serve();
        CountDownLatch open = new CountDownLatch(1);
        database.hangUntil(open);
        ExecutorService callers = Executors.newFixedThreadPool(many);
        List<Future<Integer>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < many; i++) {
                String id = "t" + i;
                answers.add(callers.submit(() -> getWithKey("id=" + id + "&code=a")));
            }
        } finally {
            open.countDown();
        }
        for (Future<Integer> answer : answers) {
            assertThat(answer.get()).isEqualTo(200);
        }
        callers.shutdownNow();

        assertThat(log.lines()).isEmpty();
        run(Duration.ofMinutes(1));
        assertThat(handled).hasSize(many);
    }

    @Test
    void anErrorOfThisLibraryIs500AndEchoesNothing() {
        serve(servlets -> ResultCallbackServlet.register(servlets, "/callback", () -> KEY, () -> {
            throw new IllegalStateException("some-code", new IllegalArgumentException("some-code"));
        }));

        assertThat(getWithKey("id=t1&code=some-code")).isEqualTo(500);
        assertThat(log.everything()).contains("answered with 500").doesNotContain(KEY);
    }

    @Test
    void aContextThatIsStartedAgainIsConnectedAgain() throws Exception {
        start();
        serve();
        context.stop();
        context.start();

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(codes()).containsExactly("a");
    }

    @Test
    void aPathOfAnotherServletStopsTheDeployment() {
        context.addServlet(new org.eclipse.jetty.ee10.servlet.DefaultServlet(), "/callback");

        assertThatThrownBy(this::serve).hasStackTraceContaining("another servlet is mapped to [/callback]");
    }

    @Test
    void aNameOfAnotherServletStopsTheDeployment() {
        context.addServlet(
                new org.eclipse.jetty.ee10.servlet.ServletHolder(
                        ResultCallbackServlet.SERVLET_NAME, org.eclipse.jetty.ee10.servlet.DefaultServlet.class),
                "/theirs");

        assertThatThrownBy(this::serve).hasStackTraceContaining("playtcha-callback is registered already");
    }
}
