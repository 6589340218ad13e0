package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CallbackDispatcher of the stand-in for a service: what is sent, when, how often, and what became of it. */
class ResultServiceCallbacksTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    private final CallbackReceiver receiver = new CallbackReceiver();
    private final List<ResultServiceStandIn> started = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(ResultServiceStandIn::close);
        receiver.close();
    }

    private ResultServiceStandIn start(UnaryOperator<ResultServiceStandInBuilder> more) {
        ResultServiceStandIn service = more.apply(ResultServiceStandIn.builder()
                        .callbackUrl(receiver.url())
                        .callbackKey("k&=ü"))
                .start();
        started.add(service);
        return service;
    }

    private ResultServiceStandIn manualClock() {
        return start(ResultServiceStandInBuilder::manualClock);
    }

    private static String completed(ResultServiceStandIn service, String id, String code) {
        service.createTask(id);
        service.complete(id, code);
        return id;
    }

    private List<String> receivedBodies() {
        return receiver.received().stream().map(RawRequest::bodyText).toList();
    }

    @Test
    void postsAFormAndTellsTheStatus() {
        ResultServiceStandIn service = start(builder -> builder);
        receiver.script(Reply.status(200), Reply.status(503).body("later").chunked());
        completed(service, "1", "a b+c&ü");

        SentCallback first = service.deliver("1");
        SentCallback second = service.deliver("1");

        assertThat(first.isAcknowledged()).isTrue();
        assertThat(first.code()).contains("a b+c&ü");
        assertThat(first.attempt()).isEqualTo(1);
        assertThat(second.status()).hasValue(503);
        assertThat(second.isAcknowledged()).isFalse();
        assertThat(second.failure()).isEmpty();
        assertThat(service.callbacks()).containsExactly(first, second);
        RawRequest request = receiver.last();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/callback");
        assertThat(request.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(request.bodyText()).isEqualTo("id=1&code=a+b%2Bc%26%C3%BC&key=k%26%3D%C3%BC");
    }

    @Test
    void callsBackByGetWithTheKeyInAHeaderAndKeepsTheUrlsOwnQuery() {
        ResultServiceStandIn service =
                start(builder -> builder.callbackByGet().callbackKeyInHeader().callbackKey("header-key"));
        service.callBackTo(URI.create(receiver.url() + "?app=1"));
        service.deliver(completed(service, "1", "r"));

        assertThat(receiver.last().method()).isEqualTo("GET");
        assertThat(receiver.last().target()).isEqualTo("/callback?app=1&id=1&code=r");
        assertThat(receiver.last().header("X-Callback-Key")).isEqualTo("header-key");
        assertThat(receiver.last().body()).isEmpty();
    }

    @Test
    void aTaskThatFailedIsCalledBackAboutWithItsIdAlone() {
        ResultServiceStandIn service = start(builder -> builder.callbackKey(null));
        service.createTask("1");
        service.fail("1", "ERROR_CAPTCHA_UNSOLVABLE");

        assertThat(service.deliver("1").code()).isEmpty();
        assertThat(receivedBodies()).containsExactly("id=1");
    }

    @Test
    void aPlanMayLieAboutCodeAndKey() {
        ResultServiceStandIn service = manualClock();
        completed(service, "1", "r");
        service.schedule("1", CallbackBehavior.once().withCode("another"));
        service.schedule("1", CallbackBehavior.once().withKey("wrong"));
        service.schedule("1", CallbackBehavior.once().withoutCode());
        service.advance(Duration.ZERO);

        assertThat(receivedBodies())
                .containsExactly(
                        "id=1&code=another&key=k%26%3D%C3%BC", "id=1&code=r&key=wrong", "id=1&key=k%26%3D%C3%BC");
    }

    @Test
    void whatFailsOnTheWayIsSaid() {
        ResultServiceStandIn service = start(builder -> builder.callbackTimeout(Duration.ofMillis(300)));
        receiver.script(
                Reply.resetConnection(),
                Reply.closeWithoutAnswer(),
                Reply.hang(),
                Reply.raw("x\r\n\r\n").thenClose());
        completed(service, "1", "r");
        for (int i = 0; i < 4; i++) {
            SentCallback sent = service.deliver("1");
            assertThat(sent.status()).isEmpty();
            assertThat(sent.failure()).isPresent();
            assertThat(sent.isAcknowledged()).isFalse();
        }
        assertThat(receiver.received()).as("nothing is sent again by itself").hasSize(4);
        receiver.refuse();
        assertThat(service.deliver("1").failure().orElseThrow()).contains("ConnectException");
    }

    @Test
    void anAnswerThatIsChunkedInterimOrEndsWithTheConnectionIsUnderstood() {
        ResultServiceStandIn service = start(builder -> builder);
        receiver.script(
                Reply.status(200).body("fine").chunked(),
                Reply.status(202).interim(103),
                Reply.status(200).body("fine").withoutContentLength(),
                Reply.status(200).body("fine").dripHeaders(Duration.ofMillis(1)),
                Reply.status(204));
        completed(service, "1", "r");

        assertThat(service.deliver("1").status()).hasValue(200);
        assertThat(service.deliver("1").status()).hasValue(202);
        assertThat(service.deliver("1").status()).hasValue(200);
        assertThat(service.deliver("1").status()).hasValue(200);
        assertThat(service.deliver("1").status()).hasValue(204);
    }

    @Test
    void aLostCallbackIsNotSentAndAnUnheardOneIs() {
        ResultServiceStandIn service = manualClock();
        completed(service, "1", "r");
        service.schedule("1", CallbackBehavior.lost().attempts(3, SECOND));
        service.advance(SECOND);
        assertThat(receiver.received()).isEmpty();
        assertThat(service.callbacks())
                .singleElement()
                .satisfies(sent -> assertThat(sent.failure()).contains("lost"));

        service.schedule("1", CallbackBehavior.once().unheard());
        service.advance(SECOND);
        Awaitility.await().until(() -> receiver.received().size() == 1);
        assertThat(service.callbacks().get(1).failure()).contains("unheard");
    }

    @Test
    void repeatsWhateverIsAnsweredAndTriesAgainUntil200() {
        ResultServiceStandIn service = manualClock();
        completed(service, "1", "r");
        service.schedule("1", CallbackBehavior.once().times(3));
        service.advance(Duration.ZERO);
        assertThat(receiver.received()).hasSize(3);

        receiver.script(Reply.status(500), Reply.status(503));
        service.schedule("1", CallbackBehavior.once().attempts(5, SECOND));
        service.advance(Duration.ZERO);
        assertThat(service.scheduledCallbacks()).isEqualTo(1);
        service.advance(Duration.ofMillis(999));
        assertThat(receiver.received()).hasSize(4);
        service.advance(Duration.ofMinutes(1));
        assertThat(service.callbacks().subList(3, 6).stream().map(SentCallback::status))
                .extracting(status -> status.orElse(0))
                .containsExactly(500, 503, 200);
        assertThat(service.callbacks().get(5).attempt()).isEqualTo(3);
        assertThat(service.scheduledCallbacks()).isZero();

        receiver.script(Reply.status(500), Reply.status(500), Reply.status(500));
        service.schedule("1", CallbackBehavior.once().attempts(2, SECOND));
        service.advance(Duration.ofMinutes(1));
        assertThat(receiver.received()).as("given up after two").hasSize(8);
    }

    @Test
    void delaysLetCallbacksOvertakeEachOther() {
        ResultServiceStandIn service = manualClock();
        service.plan(id -> id.equals("3")
                ? null
                : CallbackBehavior.once().after(id.equals("1") ? SECOND.multipliedBy(2) : SECOND));
        completed(service, "1", "r");
        completed(service, "2", "r");
        completed(service, "3", "r");
        assertThat(receiver.received()).isEmpty();
        service.advance(Duration.ofSeconds(2));

        assertThat(service.callbacks().stream().map(SentCallback::id)).containsExactly("2", "1");
    }

    @Test
    void sendsByItselfWhereTimePassesByItself() {
        ResultServiceStandIn service = start(builder -> builder);
        receiver.script(Reply.status(500));
        completed(service, "1", "r");
        service.schedule(
                "1", CallbackBehavior.once().after(Duration.ofMillis(10)).attempts(2, Duration.ofMillis(10)));
        service.awaitCallbacks(2, AT_MOST);

        assertThat(service.callbacks().get(1).isAcknowledged()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> service.advance(SECOND));
        assertThatIllegalStateException()
                .isThrownBy(() -> service.awaitCallbacks(3, Duration.ofMillis(1)))
                .withMessageContaining("2 are finished");
    }

    @Test
    void resetForgetsWhatWaits() {
        ResultServiceStandIn service = manualClock();
        service.plan(id -> CallbackBehavior.once().after(SECOND));
        completed(service, "1", "r");
        service.reset();
        assertThat(service.scheduledCallbacks()).isZero();
        service.advance(AT_MOST);

        completed(service, "1", "r");
        assertThat(service.scheduledCallbacks()).isZero();
        assertThat(receiver.received()).isEmpty();
    }

    /** The callback of an earlier test neither ends in the next one's nor is repeated there. */
    @Test
    void resetForgetsWhatIsBeingSent() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        receiver.script(Reply.status(503).holdUntil(answer));
        ResultServiceStandIn service = start(builder -> builder.manualClock().callbackTimeout(Duration.ofHours(1)));
        completed(service, "1", "r");
        service.schedule("1", CallbackBehavior.once().attempts(2, SECOND));
        Thread sender = new Thread(() -> service.advance(Duration.ZERO));
        sender.start();
        Awaitility.await().until(() -> receiver.received().size() == 1);
        service.reset();
        answer.countDown();
        sender.join();

        assertThat(service.callbacks()).isEmpty();
        assertThat(service.scheduledCallbacks()).isZero();
    }

    @Test
    void closingEndsWhatIsBeingSentAndEveryThread() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        receiver.script(Reply.status(200).holdUntil(never), Reply.status(200).holdUntil(never));
        ResultServiceStandIn service = start(builder -> builder.callbackTimeout(Duration.ofHours(1)));
        completed(service, "1", "r");
        service.schedule("1", CallbackBehavior.once().times(2));
        service.schedule("1", CallbackBehavior.once().after(Duration.ofHours(1)));
        Awaitility.await().until(() -> receiver.received().size() == 2);
        service.close();
        service.close();

        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.startsWith("standin-results"));
        assertThat(service.callbacks())
                .allSatisfy(sent -> assertThat(sent.failure()).contains("closed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://127.0.0.1/", "/callback", "mailto:a@b"})
    void callsBackOverPlainHttpOnly(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResultServiceStandIn.builder().callbackUrl(URI.create(url)));
    }

    @Test
    void aTaskWithoutAResultOrWithoutAnAddressIsNotCalledBackAbout() {
        ResultServiceStandIn service = ResultServiceStandIn.start();
        started.add(service);
        service.createTask("1");
        assertThatIllegalStateException().isThrownBy(() -> service.deliver("1")).withMessageContaining("no result yet");
        service.complete("1", "r");
        assertThatIllegalStateException()
                .isThrownBy(() -> service.deliver("1"))
                .withMessageContaining("no callback URL");
        assertThatIllegalStateException().isThrownBy(() -> service.schedule("1", CallbackBehavior.once()));
        assertThatIllegalArgumentException().isThrownBy(() -> service.deliver("2"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallbackBehavior.once().times(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallbackBehavior.once().after(SECOND.negated()));
    }
}
