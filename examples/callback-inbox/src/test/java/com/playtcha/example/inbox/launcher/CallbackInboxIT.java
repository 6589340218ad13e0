package com.playtcha.example.inbox.launcher;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.example.inbox.launcher.Launcher.Choices;
import com.playtcha.jakarta.testkit.OneShotHttp;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The WAR as it was packaged, run by the launcher, over real HTTP and with a real database. */
class CallbackInboxIT {
    static final Path WAR = Path.of(System.getProperty("example.war"));

    private static final String QUIET = "lose=0&repeat=0&delay=0&reorder=0&fail=0&forget=0";
    private static final String STORM = "lose=40&repeat=50&delay=20&reorder=60&fail=10&forget=0";
    private static final Duration SOON = Duration.ofSeconds(60);

    private static Launcher app;

    private final HttpClient client = OneShotHttp.clientBuilder().build();

    @BeforeAll
    static void start() throws Exception {
        ConsoleLog.install();
        System.setProperty("inbox.callback-timeout", "1s");
        System.setProperty("inbox.poll-interval", "1s");
        System.setProperty("inbox.dead-letter-retry", "1s");
        try {
            app = new Launcher(WAR, new Choices(0, 0, null, false));
        } finally {
            System.clearProperty("inbox.callback-timeout");
            System.clearProperty("inbox.poll-interval");
            System.clearProperty("inbox.dead-letter-retry");
        }
    }

    @BeforeEach
    void calm() throws Exception {
        app.database().bringBack();
        assertThat(post("service/rates", QUIET).statusCode()).isEqualTo(303);
        assertThat(post("handler", "failing=0&givingUp=0").statusCode()).isEqualTo(303);
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void everyTaskOfAStormHasEffectOnce() throws Exception {
        post("service/rates", STORM);
        post("handler", "failing=40");
        JsonObject before = state();

        for (int round = 0; round < 3; round++) {
            assertThat(post("tasks", "count=20").statusCode()).isEqualTo(303);
            int seen = round;
            await().atMost(SOON).until(() -> state().getInt("calls") > before.getInt("calls") + 5 * seen);
            post("service/database", "seconds=2");
            await().atMost(SOON).until(() -> app.database().away().isZero());
            // Whether the storm brought a callback meanwhile is chance.
            app.database().takeAway(Duration.ofHours(1));
            assertThat(callBack("storm-" + round, "a result").statusCode()).isEqualTo(200);
            app.database().bringBack();
            endLeases();
        }
        post("handler", "failing=0");

        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> delivered().size() >= 60 && unfinished() == 0);
        long duplicates = figure("counter.duplicate");
        assertThat(callBack("storm-0", "a result").statusCode()).isEqualTo(200);
        assertThat(figure("counter.duplicate")).isGreaterThan(duplicates);
        JsonObject after = state();
        assertThat(after.getInt("results") - before.getInt("results")).isEqualTo(63);
        assertThat(after.getInt("effects")).isEqualTo(after.getInt("results"));
        assertThat(after.getInt("calls") - before.getInt("calls")).isGreaterThan(63);
        assertThat(figure("counter.polled")).isPositive();
        assertThat(figure("counter.drained")).isPositive().isEqualTo(figure("counter.spooled"));
        assertThat(app.service().counts()).allSatisfy((name, count) -> {
            if (!name.equals("forgotten") && !name.equals("refused")) {
                assertThat(count).as(name).isPositive();
            }
        });
        assertThat(delivered()).allSatisfy((id, outcome) -> assertThat(outcome).isIn("COMPLETED", "FAILED"));
    }

    @Test
    void whatArrivesWithoutADatabaseIsKeptOnDiskAndShown() throws Exception {
        app.database().takeAway(Duration.ofHours(1));

        assertThat(callBack("kept-1", "a result").statusCode()).isEqualTo(200);

        await().atMost(SOON).until(() -> page().contains(row("kept-1")));
        assertThat(page()).contains("Database: away", "waits for the database");
        assertThat(item("kept-1").getString("state")).isEqualTo("ON_DISK");
        app.database().bringBack();
        await().atMost(SOON).until(() -> place("kept-1").equals("DELIVERED"));
        assertThat(page()).contains("Database: working");
        assertThat(resultOf("kept-1")).isEqualTo("a result");
    }

    @Test
    void anItemThatFailedUnseenIsShownWithoutADatabaseAsFarAsItIsKnown() throws Exception {
        post("handler", "failing=100");
        callBack("unseen-1", "a result");
        // Without the page, which would ask the library for the item.
        await().atMost(SOON).until(() -> failuresOf("unseen-1") > 0);
        app.database().takeAway(Duration.ofHours(1));

        await().atMost(SOON).until(() -> section("retrying").contains(row("unseen-1")));
        assertThat(section("retrying")).contains("waits for the database").doesNotContain("failed 0 times", "next try");
        app.database().bringBack();
        post("handler", "failing=0");
        await().atMost(SOON).until(() -> place("unseen-1").equals("DELIVERED"));
    }

    @Test
    void withoutADatabaseNoTaskIsSentThatNobodyRemembers() throws Exception {
        app.database().takeAway(Duration.ofHours(1));
        int created = app.service().counts().get("tasks");

        assertThat(post("tasks", "count=1").statusCode()).isEqualTo(503);

        assertThat(app.service().counts().get("tasks")).isEqualTo(created);
        assertThat(page()).contains("no new task is sent");
        app.database().bringBack();
        assertThat(post("tasks", "count=1").statusCode()).isEqualTo(303);
        assertThat(app.service().counts().get("tasks")).isEqualTo(created + 1);
    }

    @Test
    void aTaskIsARowAndTrackedInOneTransaction() throws Exception {
        post("service/rates", "lose=100");

        assertThat(post("tasks", "count=1").statusCode()).isEqualTo(303);

        await().atMost(SOON).until(() -> !latestTask().isEmpty());
        String id = latestTask();
        await().atMost(SOON)
                .until(() -> place(id).equals("PENDING") || place(id).equals("DELIVERED"));
        await().atMost(SOON).until(() -> place(id).equals("DELIVERED"));
        assertThat(item(id).getInt("polls")).isPositive();
    }

    @Test
    void whatTheHandlerGivesUpIsApartFromWhatIsRetried() throws Exception {
        post("handler", "failing=0&givingUp=100");
        callBack("given-up-1", "a result");
        await().atMost(SOON).until(() -> place("given-up-1").equals("DEAD"));
        post("handler", "failing=100&givingUp=0");
        callBack("retrying-1", "a result");
        await().atMost(SOON).until(() -> place("retrying-1").equals("RETRYING"));

        assertThat(item("given-up-1").getString("state")).isEqualTo("DEAD_LETTER");
        assertThat(section("dead")).contains(row("given-up-1"), "given up").doesNotContain("next try");
        assertThat(section("retrying")).contains(row("retrying-1"), "next try").doesNotContain(row("given-up-1"));
        post("handler", "failing=0");
        assertThat(post("retry", "id=given-up-1").statusCode()).isEqualTo(303);
        await().atMost(SOON).until(() -> place("given-up-1").equals("DELIVERED"));
        await().atMost(SOON).until(() -> place("retrying-1").equals("DELIVERED"));
    }

    @Test
    void longListsHavePages() throws Exception {
        post("handler", "failing=0&givingUp=100");
        for (int i = 0; i < 12; i++) {
            callBack("page-" + i, "a result");
        }
        await().atMost(SOON).until(() -> item("page-0").getString("place").equals("DEAD"));
        for (int i = 0; i < 12; i++) {
            String id = "page-" + i;
            await().atMost(SOON).until(() -> place(id).equals("DEAD"));
        }

        assertThat(section("dead")).contains("page 1 of 2", "href=\"/?dead=2#dead\"");
        assertThat(section("dead").split("<th scope=\"row\">", -1)).hasSize(11);
        String second = get("board?dead=2&retrying=9").body();
        assertThat(second).contains("page 2 of 2", row("page-0"), "newer");
        post("handler", "failing=0&givingUp=0");
        for (int i = 0; i < 12; i++) {
            assertThat(post("discard", "id=page-" + i).statusCode()).isEqualTo(303);
        }
    }

    @Test
    void theButtonOfADeadLetterHandsItOverAtOnce() throws Exception {
        post("handler", "failing=100");
        callBack("retried-1", "a result");
        // Its own next try is far away by then.
        await().atMost(SOON)
                .until(() -> place("retried-1").equals("RETRYING")
                        && item("retried-1").getInt("failures") >= 4);
        assertThat(page())
                .contains(
                        row("retried-1"),
                        "the handler was told to fail now and then",
                        "aria-label=\"Retry retried-1\"");
        assertThat(resultOf("retried-1")).isNull();

        post("handler", "failing=0");
        assertThat(post("retry", "id=retried-1").statusCode()).isEqualTo(303);

        await().atMost(SOON).until(() -> place("retried-1").equals("DELIVERED"));
        assertThat(resultOf("retried-1")).isEqualTo("a result");
        assertThat(post("retry", "id=retried-1").statusCode()).isEqualTo(404);
    }

    @Test
    void aDiscardedDeadLetterIsNotHandedOver() throws Exception {
        post("handler", "failing=100");
        callBack("discarded-1", "a result");
        await().atMost(SOON).until(() -> place("discarded-1").equals("RETRYING"));

        assertThat(post("discard", "id=discarded-1").statusCode()).isEqualTo(303);

        await().atMost(SOON).until(() -> place("discarded-1").equals("ENDED"));
        assertThat(item("discarded-1").getString("state")).isEqualTo("DISCARDED");
        post("handler", "failing=0");
        callBack("discarded-1", "a result");
        callBack("after-discarded-1", "a result");
        await().atMost(SOON).until(() -> place("after-discarded-1").equals("DELIVERED"));
        assertThat(resultOf("discarded-1")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"wrong-key-of-somebody, 403", "'', 403", Launcher.CALLBACK_KEY + ", 200"})
    void aCallbackNeedsTheKey(String key, int status) throws Exception {
        assertThat(post("results", "id=keyed-1&code=1&key=" + key).statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "' onfocus='alert(1)",
                "{base}&amp;",
                "../../etc/passwd",
                "Zoë \uD83E\uDD8A \u202E"
            })
    void whatTheNetworkSentIsEscaped(String id) throws Exception {
        post("handler", "failing=100");
        assertThat(callBack(id, "<b>").statusCode()).isEqualTo(200);

        await().atMost(SOON).until(() -> place(id).equals("RETRYING"));

        String escaped = id.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
        assertThat(page())
                .contains(row(escaped), "name=\"id\" value=\"" + escaped + "\"")
                .doesNotContain("<img src=x", "<script>", "' onfocus");
        assertThat(get("board").body()).contains(row(escaped)).doesNotContain("<img", "<script");
        assertThat(post("discard", "id=" + encoded(id)).statusCode()).isEqualTo(303);
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://elsewhere.example, 403",
        "Origin, null, 403",
        "Sec-Fetch-Site, cross-site, 403",
        "Sec-Fetch-Site, same-site, 403",
        "Sec-Fetch-Site, same-origin, 303",
        "X-Nothing, x, 303"
    })
    void onlyThisPageMayPressItsButtons(String header, String value, int status) throws Exception {
        for (String path : new String[] {"handler", "service/rates"}) {
            HttpRequest request = request(path)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header(header, value)
                    .POST(HttpRequest.BodyPublishers.ofString("failing=0&lose=0"))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .as(path)
                    .isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tasks, count=0, 400",
        "tasks, count=101, 400",
        "tasks, '', 400",
        "handler, failing=-1, 400",
        "handler, failing=0&givingUp=101, 400",
        "retry, '', 400",
        "retry, id=nobody, 404",
        "discard, id=nobody, 404",
        "service/rates, lose=101, 400",
        "service/database, seconds=9999, 400"
    })
    void whatMakesNoSenseIsRefused(String path, String form, int status) throws Exception {
        assertThat(post(path, form).statusCode()).isEqualTo(status);
    }

    @Test
    void thePageLoadsNothingFromElsewhereAndCanDoWithoutScripts() throws Exception {
        HttpResponse<String> page = get("");

        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"));
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(page.body())
                .contains("<html lang=\"en\">", "<noscript>", "action=\"/tasks\"", "data-live=\"/service/panel\"")
                .doesNotContain("http:", "https:", "style=\"", "onclick");
        for (String path : new String[] {"style.css", "board.js", "icon.svg", "service/panel"}) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void theWarBringsTheLibraryAndNeitherServerNorDatabaseNorStandIn() throws Exception {
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            assertThat(war.stream().map(ZipEntry::getName))
                    .anyMatch(name -> name.matches("WEB-INF/lib/playtcha-jakarta-[0-9].*\\.jar"))
                    .anyMatch(name -> name.endsWith("/BoardServlet.class"))
                    .noneMatch(name -> name.matches(".*(testkit|jetty|/h2-|servlet-api|[Ll]auncher).*"));
        }
    }

    private static String row(String id) {
        return "<th scope=\"row\"><code>" + id + "</code></th>";
    }

    private String page() throws Exception {
        return get("").body();
    }

    private String section(String id) throws Exception {
        String page = get("board").body();
        int start = page.indexOf("<section id=\"" + id + "\"");
        return page.substring(start, page.indexOf("</section>", start));
    }

    private String latestTask() throws SQLException {
        try (Connection connection = app.database().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM task ORDER BY number DESC")) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private JsonObject state() throws Exception {
        try (JsonReader reader =
                Json.createReader(new StringReader(get("state.json").body()))) {
            return reader.readObject();
        }
    }

    private long figure(String name) throws Exception {
        return state().getJsonObject("figures").getJsonNumber(name).longValue();
    }

    /** An item of the page; one without a place where it is not there. */
    private JsonObject item(String id) throws Exception {
        return state().getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(item -> item.getString("id").equals(id))
                .findFirst()
                .orElse(Json.createObjectBuilder().add("place", "").build());
    }

    private String place(String id) throws Exception {
        return item(id).getString("place");
    }

    /** The service's tasks that are shown as delivered, and their outcomes. */
    private Map<String, String> delivered() throws Exception {
        return state().getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(item -> item.getString("place").equals("DELIVERED")
                        && item.getString("id").matches("\\d+"))
                .collect(toMap(item -> item.getString("id"), item -> item.getString("outcome")));
    }

    private long unfinished() throws Exception {
        Predicate<JsonObject> ended = item -> item.getString("place").matches("DELIVERED|ENDED");
        return state().getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(ended.negate())
                .count();
    }

    /** As if three minutes had passed: what the database's end cut off in the middle is free to be taken up again. */
    private static void endLeases() throws SQLException {
        try (Connection connection = app.database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE playtcha_late_item SET lease_until = 0");
        }
    }

    private static int failuresOf(String id) throws SQLException {
        try (Connection connection = app.database().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT failures FROM playtcha_late_item WHERE item_id = '" + id + "'")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private String resultOf(String id) throws SQLException {
        try (Connection connection = app.database().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT text FROM result WHERE id = '" + id + "'")) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private HttpResponse<String> callBack(String id, String code) throws Exception {
        return post("results", "id=" + encoded(id) + "&code=" + encoded(code) + "&key=" + Launcher.CALLBACK_KEY);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> post(String path, String form) throws Exception {
        HttpRequest request = request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        URI address = app.address().resolve("/" + path);
        return OneShotHttp.request(address).timeout(Duration.ofSeconds(30));
    }
}
