package com.playtcha.example.quickstart.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.OneShotHttp;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The WAR as it was packaged, run by the launcher, over real HTTP. */
class QuickstartIT {
    static final Path WAR = Path.of(System.getProperty("quickstart.war"));

    private static Quickstart quickstart;

    private final HttpClient browser = OneShotHttp.clientBuilder().build();

    @BeforeAll
    static void start() throws Exception {
        quickstart = startPatiently();
    }

    @BeforeEach
    void forget() {
        quickstart.standIn().reset();
    }

    @AfterAll
    static void stop() {
        quickstart.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ok-1              | 200 | VERIFIED    | Playtcha confirmed that a human sent this form
            ok-degraded-1     | 200 | VERIFIED    | Verified, degraded
            slow-10ms-1       | 200 | VERIFIED    | Playtcha confirmed
            db-error-1        | 200 | UNAVAILABLE | signed up, but unverified
            success-false-1   | 403 | REJECTED    | success: false
            invalid-1         | 403 | REJECTED    | <code>token_invalid</code>
            redeemed-1        | 403 | REJECTED    | <code>already_redeemed</code>
            expired-1         | 403 | REJECTED    | <code>token_expired</code>
            bad-secret-1      | 500 | REJECTED    | <code>bad_secret</code>
            unknown-project-1 | 500 | REJECTED    | <code>unknown_project</code>
            """)
    void eachTokenOfTheWidgetHasItsPage(String token, int status, String outcome, String text) throws Exception {
        HttpResponse<String> page = signUp("playtcha-response=" + token);

        assertThat(page.statusCode()).as(page.body()).isEqualTo(status);
        assertThat(page.body()).contains("<code>" + outcome + "</code>", text);
        assertThat(quickstart.standIn().requestCount()).isOne();
        assertThat(quickstart.standIn().malformed()).isEmpty();
    }

    @Test
    void aDeadlineThatPassesHasItsPage() throws Exception {
        try (Quickstart hasty = startWith("3s")) {
            HttpResponse<String> page = signUp(hasty, "playtcha-response=hang-1");

            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
            assertThat(page.body()).contains("<code>UNAVAILABLE</code>", "signed up, but unverified");
            assertThat(hasty.standIn().requestCount()).isOne();
            assertThat(hasty.standIn().malformed()).isEmpty();
        }
    }

    @Test
    void withoutATokenPlaytchaIsNotAsked() throws Exception {
        HttpResponse<String> page = signUp("name=Ada");

        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("<code>NO_TOKEN</code>", "One step is missing");
        assertThat(quickstart.standIn().requestCount()).isZero();
    }

    @Test
    void anExemptAddressSeesNoWidgetAndNeedsNoToken() throws Exception {
        assertThat(get("/signup").body()).contains("Stand-in widget").doesNotContain("No widget");
        assertThat(get("/exempt").body())
                .contains("No widget", "action=\"/exempt\"")
                .doesNotContain("playtcha-response");

        HttpResponse<String> page = browser.send(
                OneShotHttp.request(quickstart.address().resolve("/exempt"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("name=Ada"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body())
                .contains("<code>EXEMPT</code>", "exempt-addresses", "href=\"/exempt\"")
                .doesNotContain("unverified", "the same token");
        assertThat(quickstart.standIn().requestCount()).isZero();
    }

    @Test
    void aTokenIsGoodOnce() throws Exception {
        assertThat(signUp("playtcha-response=ok-1").statusCode()).isEqualTo(200);

        HttpResponse<String> again = signUp("playtcha-response=ok-1");

        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(again.body()).contains("already_redeemed", "request_id", "href=\"/?last=ok-1\"");
    }

    @Test
    void aTokenIsLetThroughUnverifiedOnce() throws Exception {
        assertThat(signUp("playtcha-response=db-error-2").statusCode()).isEqualTo(200);

        HttpResponse<String> again = signUp("playtcha-response=db-error-2");

        assertThat(again.statusCode()).isEqualTo(503);
        assertThat(again.body()).contains("repeated-unverified");
    }

    @Test
    void aPauseHoldsForEveryoneAndSaysHowLong() throws Exception {
        // Its pause would outlast this test, and hold back the others.
        try (Quickstart throttled = startPatiently()) {
            HttpResponse<String> first = signUp(throttled, "playtcha-response=rate-limited-60-x");
            HttpResponse<String> next = signUp(throttled, "playtcha-response=ok-1");

            assertThat(first.statusCode()).isEqualTo(503);
            assertThat(first.headers().firstValue("Retry-After")).hasValue("60");
            assertThat(first.body()).contains("<code>THROTTLED</code>", "<code>rate_limited_ip</code>");
            assertThat(next.statusCode()).isEqualTo(503);
            assertThat(next.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 60L);
            assertThat(next.body()).contains("throttle-window", "Please try again in ");
            assertThat(throttled.standIn().requestCount()).isOne();
        }
    }

    @Test
    void settingsFromOutsideReachTheFilter() throws Exception {
        try (Quickstart closed = startWith("playtcha.fail-closed", "1")) {
            HttpResponse<String> page = signUp(closed, "playtcha-response=db-error-3");

            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.body()).contains("<code>UNAVAILABLE</code>", "fails closed");
        }
    }

    @Test
    void monitorModeIsSeenOnThePage() throws Exception {
        try (Quickstart watched = startWith("playtcha.mode", "monitor")) {
            HttpResponse<String> page = signUp(watched, "playtcha-response=invalid-3");

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("only monitors", "<code>REJECTED</code>", "<code>token_invalid</code>");
        }
    }

    @Test
    void jsonClientsGetProblemDetails() throws Exception {
        HttpResponse<String> problem = browser.send(
                post(quickstart, "playtcha-response=invalid-1")
                        .header("Accept", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(problem.statusCode()).isEqualTo(403);
        assertThat(problem.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(problem.body()).contains("\"code\":\"token_invalid\"");
    }

    @Test
    void theFormOffersFreshTokensWithEachLoad() throws Exception {
        String token = radio(get("/").body(), "ok-[a-z]+");
        String next = radio(get("/").body(), "ok-[a-z]+");

        assertThat(token).isNotEqualTo(next);
        assertThat(signUp("playtcha-response=" + token).statusCode()).isEqualTo(200);
    }

    @Test
    void theFormOffersTheLastTokenAgainAndNothingElseOfTheAddress() throws Exception {
        assertThat(get("/?last=ok-1").body()).contains("value=\"ok-1\"");
        assertThat(get("/?last=%22%3E%3Cb%3E").body()).doesNotContain("\"><b>").contains("value=\"\" disabled");
    }

    @Test
    void whatTheVisitorSentIsEscaped() throws Exception {
        String markup = URLEncoder.encode("<b>Zoë</b>", StandardCharsets.UTF_8);

        String page = signUp("playtcha-response=ok-1&name=" + markup).body();

        assertThat(page).contains("Welcome, &lt;b&gt;Zoë&lt;/b&gt;").doesNotContain("<b>");
    }

    @Test
    void pagesLoadNothingFromElsewhere() throws Exception {
        assertThat(signUp("playtcha-response=invalid-1").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'", "script-src 'self'"));
        for (String path : new String[] {"/", "/style.css", "/widget.js", "/icon.svg"}) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.body().replace("http://www.w3.org/2000/svg", ""))
                    .as(path)
                    .doesNotContainPattern("(href|src)=\"https?:|url\\(|@import");
        }
    }

    @Test
    void aPageThatDoesNotExistIsNotTheFiltersMatter() throws Exception {
        HttpResponse<String> page = get("/nowhere");

        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.body()).contains("There is no such page").doesNotContain("playtcha.outcome");
    }

    @Test
    void theWarBringsTheLibraryAndNeitherServerNorStandIn() throws Exception {
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            assertThat(war.stream().map(ZipEntry::getName))
                    .anyMatch(name -> name.matches("WEB-INF/lib/playtcha-jakarta-[0-9].*\\.jar"))
                    .anyMatch(name -> name.endsWith("/SignUpServlet.class"))
                    .noneMatch(name -> name.contains("testkit"))
                    .noneMatch(name -> name.contains("jetty"))
                    .noneMatch(name -> name.contains("servlet-api"))
                    .noneMatch(name -> name.contains("Quickstart"));
        }
    }

    private static Quickstart startWith(String setting, String value) throws Exception {
        System.setProperty(setting, value);
        try {
            return startPatiently();
        } finally {
            System.clearProperty(setting);
        }
    }

    /** A busy machine is no fault of Playtcha's. */
    private static Quickstart startPatiently() throws Exception {
        return startWith("10s");
    }

    private static Quickstart startWith(String timeout) throws Exception {
        List<String> settings = List.of("playtcha.timeout", "playtcha.connect-timeout");
        settings.forEach(setting -> System.setProperty(setting, timeout));
        try {
            return Quickstart.start(WAR, 0, 0);
        } finally {
            settings.forEach(System::clearProperty);
        }
    }

    private HttpResponse<String> signUp(String form) throws IOException, InterruptedException {
        return signUp(quickstart, form);
    }

    private HttpResponse<String> signUp(Quickstart at, String form) throws IOException, InterruptedException {
        return browser.send(post(at, form).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder post(Quickstart at, String form) {
        return OneShotHttp.request(at.address().resolve("/signup"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI address = quickstart.address().resolve(path);
        return browser.send(OneShotHttp.request(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String radio(String page, String token) {
        Matcher radio = Pattern.compile("name=\"playtcha-response\" value=\"(" + token + ")\"")
                .matcher(page);
        assertThat(radio.find()).as(page).isTrue();
        return radio.group(1);
    }
}
