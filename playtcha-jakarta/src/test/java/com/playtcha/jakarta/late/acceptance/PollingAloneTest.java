package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Results that are polled for only. */
class PollingAloneTest extends AcceptanceFixture {

    @Test
    void aResultIsAskedForUntilItIsThere() {
        start(polling());
        String id = task();

        awaitPolled(id);
        assertThat(effects.all()).isEmpty();
        service.complete(id, "done");

        awaitEffect(id, "done");
        assertThat(service.callbacks()).isEmpty();
    }

    /** The first poll of each task meets trouble, the one that hangs for as long as a poll may take. */
    @Test
    void whatPollsMeetIsNoResult() {
        Map<String, Reply> trouble = new LinkedHashMap<>();
        Set<String> met = ConcurrentHashMap.newKeySet();
        service.onPoll(poll -> met.add(poll.id()) ? trouble.get(poll.id()) : null);
        for (Reply each : new Reply[] {
            Reply.hang(),
            Reply.status(500),
            Reply.status(503),
            Reply.error(429, "slow_down", "m").header("Retry-After", "1"),
            Reply.closeWithoutAnswer(),
            Reply.resetConnection(),
            Reply.json(200, "{\"status\":1,\"request\":\"do").truncateAfter(10),
            Reply.json(200, "<html>"),
            Reply.json(200, "{\"status\":\"1\",\"request\":null}"),
            Reply.status(302).header("Location", "http://127.0.0.1:1/")
        }) {
            String id = service.createTask();
            trouble.put(id, each);
            service.complete(id, "done " + id);
        }
        start(polling());

        trouble.keySet().forEach(this::track);

        trouble.keySet().forEach(id -> awaitEffect(id, "done " + id));
        assertThat(trouble.keySet())
                .allSatisfy(id -> assertThat(service.pollCount(id)).isGreaterThan(1));
    }

    @Test
    void theServiceIsNotThereForAWhile() {
        start(polling());
        service.refuse();
        String id = task();
        service.complete(id, "done");

        await().atMost(Duration.ofSeconds(60)).until(() -> app.counter("polled") > 1);
        assertThat(effects.all()).isEmpty();
        service.accept();

        awaitEffect(id, "done");
    }

    @Test
    void aServiceThatSaysThatThereWillBeNoResultIsBelieved() {
        start(polling());
        String id = task();
        String unknown = "nobody-ever-created-this";
        track(unknown);

        service.fail(id, "ERROR_CAPTCHA_UNSOLVABLE");

        awaitEffect(id, "failed: ERROR_CAPTCHA_UNSOLVABLE");
        awaitEffect(unknown, "failed: ERROR_WRONG_CAPTCHA_ID");
    }

    @Test
    void theApplicationIsStoppedMeanwhile() {
        start(polling());
        String id = task();
        awaitPolled(id);
        stop();
        service.complete(id, "done");

        startAgain();

        awaitEffect(id, "done");
    }

    @Test
    void theDatabaseIsGoneForAWhile() {
        start(polling());
        String id = task();
        awaitPolled(id);
        database.takeAwayWhenQuiet();
        service.complete(id, "done");
        await().atMost(Duration.ofSeconds(60)).until(() -> app.counter("store-failed") > 1);

        database.giveBack();

        awaitEffect(id, "done");
    }

    @Test
    void aTaskThatNeverEndsExpires() {
        start(together(polling(), new String[] {"poll-expiry", "15s"}));
        String id = task();

        awaitState(id, "EXPIRED");

        assertThat(effects.of(id)).containsExactly("EXPIRED");
        assertThat(service.pollCount(id)).isPositive();
    }
}
