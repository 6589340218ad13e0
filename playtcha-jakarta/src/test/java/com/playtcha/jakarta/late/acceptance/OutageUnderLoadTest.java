package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An outage of Playtcha under load: whoever was let through unverified is known by a verdict in the end. */
class OutageUnderLoadTest {
    private static final Logger LOG = LoggerFactory.getLogger(OutageUnderLoadTest.class);
    private static final int CLIENTS = 16;
    private static final int REQUESTS = 480;
    private static final int PAUSE_MS = 150;

    @TempDir
    Path directory;

    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().secret("sk_test_0123456789abcdef").start();
    private final HttpClient client =
            OneShotHttp.clientBuilder().connectTimeout(Duration.ofSeconds(60)).build();
    private final AtomicInteger sent = new AtomicInteger();
    private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();
    private TaskApp app;

    /** What a visitor got, and what the application saw; {@code null} where it saw nothing. */
    private record Answered(String token, int status, String outcome, String deferralId) {
        boolean isLetThroughUnverified() {
            return status == 200 && outcome.equals("UNAVAILABLE");
        }
    }

    @AfterEach
    void end() {
        if (app != null) {
            app.close();
        }
        playtcha.close();
    }

    /** The application: it does what was asked for, and says under which id it will hear of it again. */
    private static final class SignUp extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Object id = request.getAttribute("playtcha.deferral-id");
            response.getWriter().print(request.getAttribute("playtcha.outcome") + (id == null ? "" : " " + id));
        }
    }

    /** Every sixth is not what it should be. */
    private static String token(int number) {
        String kind = switch (number % 30) {
            case 3, 19 -> "success-false-";
            case 8, 24 -> "invalid-";
            case 13 -> "expired-";
            // Redeemed at once, answered too late.
            case 27 -> "slow-";
            default -> "ok-";
        };
        return kind + number;
    }

    private void visit(CountDownLatch over) throws IOException, InterruptedException {
        int number = sent.getAndIncrement();
        while (number < REQUESTS) {
            String token = token(number);
            HttpRequest request = OneShotHttp.request(app.url("/signup"))
                    .timeout(Duration.ofSeconds(60))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "playtcha-response=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            String[] words = response.statusCode() == 200 ? response.body().split(" ") : new String[] {null};
            answers.add(new Answered(token, response.statusCode(), words[0], words.length > 1 ? words[1] : null));
            over.await(ThreadLocalRandom.current().nextInt(PAUSE_MS), TimeUnit.MILLISECONDS);
            number = sent.getAndIncrement();
        }
    }

    private void awaitSent(int part) {
        await().atMost(2, TimeUnit.MINUTES).until(() -> answers.size() >= REQUESTS * part / 6);
    }

    /** Each request meets something else, some are answered as ever. */
    private static Reply failure() {
        return switch (ThreadLocalRandom.current().nextInt(6)) {
            case 0 -> Reply.hang();
            case 1, 2 -> Reply.error(500, "db_error", "The token could not be looked up.");
            case 3 -> Reply.status(502);
            case 4 -> Reply.closeWithoutAnswer();
            default -> null;
        };
    }

    private void loadThroughAnOutage() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> visits = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                visits.add(clients.submit(() -> {
                    visit(over);
                    return null;
                }));
            }
            awaitSent(1);
            playtcha.onRequest(request -> failure());
            awaitSent(3);
            playtcha.refuse();
            awaitSent(4);
            playtcha.accept();
            awaitSent(5);
            playtcha.onRequest(null);
            for (Future<?> visit : visits) {
                visit.get(2, TimeUnit.MINUTES);
            }
        } finally {
            over.countDown();
            clients.shutdownNow();
        }
    }

    @Test
    void everyPassEndsWithAVerdictInTheHandler() throws Exception {
        Path folder = directory.resolve("late");
        Effects effects = new Effects(JdbcStores.dataSource(EmbeddedH2.in(new LateDirectory(folder).store(), null)));
        effects.makeTable();
        app = new TaskApp(
                Map.of(
                        "base-url",
                        playtcha.baseUrl().toString(),
                        "secret",
                        playtcha.secret(),
                        "url-patterns",
                        "/signup",
                        "timeout",
                        "300ms",
                        "late-verdicts",
                        "true",
                        "late-dir",
                        folder.toString()),
                effects,
                TaskApp.servlet("/signup", new SignUp()));

        loadThroughAnOutage();

        List<Answered> passes =
                answers.stream().filter(Answered::isLetThroughUnverified).toList();
        Map<String, String> tokens = new HashMap<>();
        passes.stream()
                .filter(pass -> pass.deferralId() != null)
                .forEach(pass -> tokens.put(pass.deferralId(), pass.token()));
        await().atMost(4, TimeUnit.MINUTES)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> effects.all().stream()
                        .map(Effects.Effect::id)
                        .collect(Collectors.toSet())
                        .containsAll(tokens.keySet()));

        List<Effects.Effect> verdicts = effects.all();
        long untracked =
                passes.stream().filter(pass -> pass.deferralId() == null).count();
        Map<String, Integer> ends = new TreeMap<>();
        verdicts.forEach(verdict -> ends.merge(verdict.what(), 1, Integer::sum));
        LOG.info(
                "Requests: {}, verified at once: {}, denied: {}, let through: {}, of these tracked: {}, untracked: {};"
                        + " the handler heard: {}; questions asked late: {}",
                answers.size(),
                answers.stream()
                        .filter(answer -> "VERIFIED".equals(answer.outcome()))
                        .count(),
                answers.stream().filter(answer -> answer.status() != 200).count(),
                passes.size(),
                tokens.size(),
                untracked,
                ends,
                app.counter("asked"));
        assertThat(answers).hasSize(REQUESTS);
        assertThat(answers).allSatisfy(OutageUnderLoadTest::wasTreatedAsItsOutcomeSays);
        assertThat(tokens.size() + untracked).isEqualTo(passes.size());
        assertThat(tokens).isNotEmpty();
        assertThat(app.counter("untracked")).isEqualTo(untracked);
        // A pass that took too long may have been kept all the same: then the handler hears of an id that nobody knows.
        assertThat(verdicts.size()).isBetween(tokens.size(), tokens.size() + (int) untracked);
        assertThat(verdicts).extracting(Effects.Effect::id).doesNotHaveDuplicates();
        assertThat(verdicts)
                .filteredOn(verdict -> tokens.containsKey(verdict.id()))
                .hasSize(tokens.size())
                .allSatisfy(verdict -> assertThat(verdict.what()).isIn(possible(tokens.get(verdict.id()))));
        assertThat(ends).containsKeys("VERIFIED", "REJECTED");
    }

    private static void wasTreatedAsItsOutcomeSays(Answered answer) {
        if (answer.status() == 200) {
            assertThat(answer.outcome()).isIn("VERIFIED", "UNAVAILABLE");
            assertThat(answer.outcome().equals("VERIFIED") && !answer.token().startsWith("ok-"))
                    .isFalse();
        } else {
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.token()).doesNotStartWith("ok-").doesNotStartWith("slow-");
        }
    }

    /** What may become of a token; it is unconfirmed where an answer was lost that it was redeemed by. */
    private static Set<String> possible(String token) {
        if (token.startsWith("ok-")) {
            return Set.of("VERIFIED", "UNCONFIRMED");
        }
        if (token.startsWith("success-false-")) {
            return Set.of("REJECTED", "UNCONFIRMED");
        }
        if (token.startsWith("slow-")) {
            return Set.of("VERIFIED", "UNCONFIRMED");
        }
        return token.startsWith("expired-") ? Set.of("EXPIRED") : Set.of("REJECTED");
    }
}
