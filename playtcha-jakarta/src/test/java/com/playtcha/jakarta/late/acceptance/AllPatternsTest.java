package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.testkit.CallbackBehavior;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.SentCallback;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callbacks with fallback polling, dead letters and idempotent handling, together. */
class AllPatternsTest extends AcceptanceFixture {
    private static final Logger LOG = LoggerFactory.getLogger(AllPatternsTest.class);
    private static final int BATCH = 25;
    private static final String TOO_LATE = "another result, and too late";

    private final Map<String, String> expected = new LinkedHashMap<>();

    private String[] everything() {
        return together(callbacks(), polling(), new String[] {"callback-timeout", "1s"});
    }

    @Test
    void aCallbackThatIsLostIsPolledFor() {
        start(everything());
        service.plan(id -> CallbackBehavior.lost());
        String id = task();

        service.complete(id, "done");

        awaitEffect(id, "done");
        assertThat(service.pollCount(id)).isPositive();
    }

    @Test
    void aCallbackWithoutAResultIsPolledForAtOnce() {
        start(together(everything(), new String[] {"callback-timeout", "30m"}));
        String tracked = task();
        String unknown = service.createTask();
        service.complete(tracked, "done");
        service.fail(unknown, "ERROR_CAPTCHA_UNSOLVABLE");

        service.schedule(tracked, CallbackBehavior.once().withoutCode().times(2));
        deliver(unknown);

        awaitEffect(tracked, "done");
        awaitEffect(unknown, "failed: ERROR_CAPTCHA_UNSOLVABLE");
    }

    @Test
    void aCallbackInTheMiddleOfAPollAndTheSameResultHaveOneEffect() {
        Set<String> calledBack = ConcurrentHashMap.newKeySet();
        service.onPoll(poll -> {
            if (calledBack.add(poll.id())) {
                deliver(poll.id());
            }
            return null;
        });
        start(everything());
        String id = service.createTask();
        service.complete(id, "done");

        track(id);

        awaitEffect(id, "done");
        assertThat(calledBack).containsExactly(id);
        // What the poll brought is not taken for a second result, then or later.
        deliver(id);
        assertThat(effects.of(id)).containsExactly("done");
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void aCallbackInTheMiddleOfAPollWithAnotherResultWasFirst() {
        service.onPoll(poll -> {
            deliver(poll.id());
            return Reply.json(200, "{\"status\":1,\"request\":\"another\"}");
        });
        start(everything());
        String id = service.createTask();
        service.complete(id, "done");

        track(id);

        awaitEffect(id, "done");
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void aServerThatAnswers500ToEveryCallbackGetsItsResultsByPolling() {
        start(everything());
        front(answering(500));
        String id = task();

        service.complete(id, "done");
        service.schedule(id, CallbackBehavior.once().attempts(3, Duration.ofMillis(100)));

        awaitEffect(id, "done");
        assertThat(service.callbacks()).noneMatch(SentCallback::isAcknowledged);
    }

    /**
     * A hundred tasks; callbacks that are lost, repeated at once, delayed, reordered, cut off or come without their
     * result; a proxy with bad moments, polls that fail; the application is stopped, its database is taken away, and it
     * is started again without; the handler fails now and then. In the end each task has had effect once.
     */
    @Test
    void onTheWorstDayEachTaskHasOneEffectWithItsFirstResult() {
        Random random = new Random(4);
        AtomicInteger requests = new AtomicInteger();
        effects.failure((id, call) -> {
            if (call <= Math.abs(id.hashCode() % 5) - 2) {
                throw new IllegalStateException("now and then");
            }
        });
        service.onPoll(poll -> switch (requests.incrementAndGet() % 9) {
            case 3 -> Reply.status(500);
            case 6 -> Reply.closeWithoutAnswer();
            default -> null;
        });
        AtomicInteger arrived = new AtomicInteger();
        front((request, response, chain) -> {
            int number = arrived.incrementAndGet();
            if (number % 11 != 5) {
                chain.doFilter(request, response);
            }
            if (number % 11 == 5 || number % 11 == 8) {
                answering(502).doFilter(request, response, chain);
            }
        });

        start(everything());
        List<String> first = tasks("first", random);
        end(first);
        await().atMost(Duration.ofSeconds(60)).until(() -> effects.all().size() > BATCH / 2);

        List<String> second = tasks("second", random);
        stop();
        end(second);
        await().atMost(Duration.ofSeconds(60)).until(() -> calledBack(second, sent -> !sent.isAcknowledged()) > 5);
        startAgain();

        List<String> third = tasks("third", random);
        database.takeAwayWhenQuiet();
        end(third);
        first.forEach(id -> service.schedule(id, CallbackBehavior.once()));
        await().atMost(Duration.ofSeconds(60)).until(() -> calledBack(third, SentCallback::isAcknowledged) > 5);
        assertThat(spooledFiles()).isNotEmpty();
        stop();
        startAgain();
        assertThat(app.figures().getSpoolFiles()).isPositive();
        database.giveBack();

        List<String> fourth = tasks("fourth", random);
        end(fourth);
        await().atMost(Duration.ofMinutes(4)).until(() -> effects.all().size() >= expected.size());
        expected.keySet().forEach(id -> awaitState(id, "DELIVERED"));

        front((request, response, chain) -> chain.doFilter(request, response));
        expected.keySet()
                .forEach(id -> service.schedule(
                        id, CallbackBehavior.once().withCode(TOO_LATE).times(2)));
        await().atMost(Duration.ofMinutes(2)).until(() -> tooLate().size() == 2 * expected.size());
        assertThat(tooLate()).allMatch(SentCallback::isAcknowledged);
        assertThat(effects.all())
                .extracting(Effects.Effect::id, Effects.Effect::what)
                .containsExactlyInAnyOrderElementsOf(expected.entrySet().stream()
                        .map(entry -> tuple(entry.getKey(), entry.getValue()))
                        .toList());
        LOG.info(
                "Tasks: {}, callbacks: {} ({} of them acknowledged), polls: {}, calls of the handler: {}, effects: {}",
                expected.size(),
                service.callbacks().size(),
                service.callbacks().stream()
                        .filter(SentCallback::isAcknowledged)
                        .count(),
                service.pollCount(),
                expected.keySet().stream().mapToInt(effects::calls).sum(),
                effects.all().size());
    }

    private List<SentCallback> tooLate() {
        return service.callbacks().stream()
                .filter(sent -> sent.code().filter(TOO_LATE::equals).isPresent())
                .toList();
    }

    private long calledBack(List<String> ids, Predicate<SentCallback> fits) {
        return service.callbacks().stream()
                .filter(sent -> ids.contains(sent.id()) && fits.test(sent))
                .count();
    }

    /** Takes on as many tasks as a batch has, in an order that does not follow from what will befall them. */
    private List<String> tasks(String name, Random random) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            String id = service.createTask(name + "-" + i);
            expected.put(id, fails(i) ? "failed: ERROR_CAPTCHA_UNSOLVABLE" : "result of " + id);
            // A database that has only just come back refuses nobody who comes again.
            await().atMost(Duration.ofSeconds(60)).until(() -> !track(id).isEmpty());
            ids.add(id);
        }
        Collections.shuffle(ids, random);
        service.plan(id -> plan(Integer.parseInt(id.substring(name.length() + 1)), random));
        return ids;
    }

    private static boolean fails(int number) {
        return number % 9 == 8;
    }

    private void end(List<String> ids) {
        for (String id : ids) {
            String result = expected.get(id);
            if (result.startsWith("failed: ")) {
                service.fail(id, result.substring("failed: ".length()));
            } else {
                service.complete(id, result);
            }
        }
    }

    private static CallbackBehavior plan(int number, Random random) {
        CallbackBehavior once = CallbackBehavior.once();
        return switch (number % 9) {
            case 0 -> CallbackBehavior.lost();
            case 1 -> once.times(4);
            case 2 -> once.after(Duration.ofMillis(random.nextInt(2000)));
            case 3 -> once.after(Duration.ofMillis(random.nextInt(500))).times(3);
            case 4 -> once.attempts(20, Duration.ofMillis(300));
            case 5 -> once.unheard().attempts(3, Duration.ofMillis(100));
            case 6 -> once.withoutCode().times(2);
            default -> once;
        };
    }
}
