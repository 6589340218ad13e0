package com.playtcha.example.tomcat.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.Reply;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
class TomcatWebxmlIT {
    static final Path WAR = Path.of(System.getProperty("example.war"));

    private static final String ADA = "&name=Ada&email=ada@example.org";

    private static final String TIMEOUT = "signup.check-timeout";

    private static Launcher app;

    private final HttpClient browser =
            OneShotHttp.clientBuilder().cookieHandler(new CookieManager()).build();

    @BeforeAll
    static void start() {
        // A busy machine is no fault of Playtcha's.
        app = startWith(TIMEOUT, "10s");
    }

    @BeforeEach
    void forget() {
        app.standIn().reset();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            newsletter | ok-1              | 200 | VERIFIED    | success          | You are subscribed
            newsletter | ok-degraded-1     | 200 | VERIFIED    | success          | You are subscribed
            newsletter | db-error-1        | 200 | UNAVAILABLE | server-error     | Please look into your mail
            newsletter | expired-1         | 403 | REJECTED    | token-expired    | That took a little long
            signup     | db-error-2        | 503 | UNAVAILABLE | server-error     | We cannot check this just now
            signup     | success-false-1   | 403 | REJECTED    | success-false    | That did not work
            signup     | invalid-1         | 403 | REJECTED    | token-invalid    | That did not work
            signup     | redeemed-1        | 403 | REJECTED    | already-redeemed | This form was sent already
            signup     | expired-1         | 403 | REJECTED    | token-expired    | That took a little long
            signup     | bad-secret-1      | 500 | REJECTED    | bad-secret       | Something is wrong on our side
            signup     | unknown-project-1 | 500 | REJECTED    | unknown-project  | Something is wrong on our side
            """)
    void eachTokenHasItsPage(String form, String token, int status, String outcome, String reason, String text)
            throws Exception {
        HttpResponse<String> page = post(form, "playtcha-response=" + token + ADA);

        assertThat(page.statusCode()).as(page.body()).isEqualTo(status);
        assertThat(page.body())
                .contains(text, fact("outcome", outcome), fact("reason", reason), "href=\"/" + form + "\"");
        assertThat(app.standIn().requestCount()).isOne();
    }

    @Test
    void aDeadlineThatPassesHasItsPages() throws Exception {
        try (Launcher hasty = startWith(TIMEOUT, "3s")) {
            HttpResponse<String> newsletter = post(hasty, "newsletter", "playtcha-response=hang-1" + ADA);
            HttpResponse<String> signUp = post(hasty, "signup", "playtcha-response=hang-2" + ADA);

            assertThat(newsletter.statusCode()).as(newsletter.body()).isEqualTo(200);
            assertThat(newsletter.body())
                    .contains("Please look into your mail", fact("outcome", "UNAVAILABLE"), fact("reason", "timeout"))
                    .contains("href=\"/newsletter\"");
            assertThat(signUp.statusCode()).as(signUp.body()).isEqualTo(503);
            assertThat(signUp.body())
                    .contains("We cannot check this just now")
                    .contains(fact("outcome", "UNAVAILABLE"), fact("reason", "timeout"), "href=\"/signup\"");
            assertThat(hasty.standIn().requestCount()).isEqualTo(2);
        }
    }

    @Test
    void aVerifiedSignUpIsWelcomedElsewhereAndAReloadAsksNothing() throws Exception {
        HttpResponse<String> redirect = post("signup", "playtcha-response=ok-1" + ADA);

        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("Location")).hasValue("/welcome");
        for (int load = 0; load < 2; load++) {
            assertThat(get("welcome").body())
                    .contains("Welcome, Ada.", "Your account is ready", "ada@example.org", "<dd>VERIFIED</dd>");
        }
        assertThat(app.standIn().requestCount()).isOne();
    }

    @Test
    void aTokenIsGoodOnce() throws Exception {
        assertThat(post("signup", "playtcha-response=ok-1" + ADA).statusCode()).isEqualTo(302);

        HttpResponse<String> again = post("signup", "playtcha-response=ok-1" + ADA);

        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(again.body()).contains(fact("error.status", "409"), fact("error.code", "already_redeemed"), "req_");
    }

    @Test
    void degradedIsASuccessThatPagesCanSee() throws Exception {
        assertThat(post("newsletter", "playtcha-response=ok-degraded-1" + ADA).body())
                .contains(fact("degraded", "true"));
        assertThat(post("newsletter", "playtcha-response=ok-1" + ADA).body()).contains(fact("degraded", "false"));

        assertThat(post("signup", "playtcha-response=ok-degraded-2" + ADA).statusCode())
                .isEqualTo(302);
        assertThat(get("welcome").body()).contains("Your account is ready", "<dt>degraded</dt><dd>true</dd>");
    }

    @Test
    void nobodyIsWelcomedWithoutASignUp() throws Exception {
        HttpResponse<String> redirect = get("welcome");

        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("Location")).hasValue("/signup");
        assertThat(redirect.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"signup", "newsletter"})
    void withoutATokenPlaytchaIsNotAsked(String form) throws Exception {
        HttpResponse<String> page = post(form, ADA);

        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("One step is missing", fact("outcome", "NO_TOKEN"), "href=\"/" + form + "\"");
        assertThat(app.standIn().requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"signup, newsletter", "newsletter, signup"})
    void aDeniedFormComesBackWithWhatWasEntered(String form, String other) throws Exception {
        HttpResponse<String> page = post(
                form,
                "playtcha-response=expired-1&name=" + encoded("Zoë <b>") + "&email=" + encoded("zoë@example.org"));

        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body())
                .contains("action=\"/" + form + "\"", "value=\"zoë@example.org\"")
                .doesNotContain("action=\"/" + other + "\"", "<b>");
        assertThat(page.body().contains("value=\"Zoë &lt;b&gt;\"")).isEqualTo(form.equals("signup"));
        assertThat(post(form, "playtcha-response=" + radio(page.body()) + ADA).statusCode())
                .isIn(200, 302);
    }

    @Test
    void aTokenThatCannotBeReadIsNotSaidToBeMissing() throws Exception {
        HttpResponse<String> page = post("signup", "playtcha-response=ok-1&playtcha-response=ok-2" + ADA);

        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("The check could not be read", fact("reason", "token-ambiguous"));
    }

    @Test
    void whilePlaytchaCannotBeReachedOnlyTheNewsletterIsOpen() throws Exception {
        app.standIn().refuse();
        try {
            assertThat(post("newsletter", "playtcha-response=ok-3" + ADA).body())
                    .contains("Please look into your mail", fact("reason", "connect"));
            assertThat(post("signup", "playtcha-response=ok-4" + ADA).statusCode())
                    .isEqualTo(503);
        } finally {
            app.standIn().accept();
        }
    }

    @Test
    void theOperatorCanOpenTheSignUp() throws Exception {
        try (Launcher opened = startWith("signup.fail-closed", "false", TIMEOUT, "10s")) {
            assertThat(post(opened, "signup", "playtcha-response=db-error-1" + ADA)
                            .statusCode())
                    .isEqualTo(302);
            assertThat(get(opened, "welcome").body()).contains("One more step", "<dd>UNAVAILABLE</dd>");
        }
    }

    @Test
    void aPauseHoldsForBothFormsAndSaysHowLong() throws Exception {
        // Its pause would outlast this test, and hold back the others.
        try (Launcher throttled = startWith(TIMEOUT, "10s")) {
            HttpResponse<String> first = post(throttled, "newsletter", "playtcha-response=rate-limited-60-x" + ADA);
            HttpResponse<String> next = post(throttled, "signup", "playtcha-response=ok-1" + ADA);

            assertThat(first.statusCode()).isEqualTo(503);
            assertThat(first.headers().firstValue("Retry-After")).hasValue("60");
            assertThat(first.body())
                    .contains("Many visitors", fact("outcome", "THROTTLED"), fact("error.code", "rate_limited_ip"));
            assertThat(next.statusCode()).isEqualTo(503);
            assertThat(next.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 60L);
            assertThat(next.body()).contains(fact("reason", "throttle-window"));
            assertThat(throttled.standIn().requestCount()).isOne();
        }
    }

    @Test
    void moreAtOnceThanAllowedIsOverloadAndNeverFailsOpen() throws Exception {
        try (Launcher narrow = startWith("playtcha.max-concurrent", "1", TIMEOUT, "10s")) {
            CountDownLatch held = new CountDownLatch(1);
            narrow.standIn().script(Reply.ok().holdUntil(held));
            CompletableFuture<HttpResponse<String>> first = browser.sendAsync(
                    request(narrow, "newsletter", "playtcha-response=ok-1" + ADA),
                    HttpResponse.BodyHandlers.ofString());
            narrow.standIn().awaitRequests(1, Duration.ofSeconds(10));

            HttpResponse<String> second = post(narrow, "newsletter", "playtcha-response=ok-2" + ADA);
            held.countDown();

            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(second.body()).contains("Many visitors", fact("outcome", "OVERLOADED"));
            assertThat(first.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aGuardThatIsSwitchedOffIsSeen() throws Exception {
        try (Launcher off = startWith("playtcha.enabled", "false")) {
            assertThat(post(off, "newsletter", ADA).body()).contains("your mail", fact("outcome", "DISABLED"));
            assertThat(post(off, "signup", ADA).statusCode()).isEqualTo(302);
            assertThat(get(off, "welcome").body()).contains("One more step", "<dd>DISABLED</dd>");
        }
    }

    @Test
    void aWrongSettingStartsNothing() {
        assertThatThrownBy(() -> startWith(TIMEOUT, "soon"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("refused");
    }

    @Test
    void whatTheVisitorTypedInIsCheckedAndComesBackEscaped() throws Exception {
        HttpResponse<String> form = post(
                "signup", "playtcha-response=ok-1&name=" + encoded("\"><b>Zoë 🦊</b>") + "&email=" + encoded("<i>'"));

        assertThat(form.statusCode()).isEqualTo(422);
        assertThat(form.body())
                .contains("value=\"&#034;&gt;&lt;b&gt;Zoë 🦊&lt;/b&gt;\"", "value=\"&lt;i&gt;&#039;\"")
                .contains("id=\"email-problem\"", "aria-describedby=\"email-problem\"")
                .doesNotContain("name-problem", "<b>", "<i>");
    }

    @ParameterizedTest
    @CsvSource({
        "name=&email=ada@example.org, name",
        "name=+&email=ada@example.org, name",
        "name=A%0Ada&email=ada@example.org, name",
        "email=ada@example.org, name",
        "name=Ada&email=, email",
        "name=Ada&email=ada@example, email"
    })
    void aFieldThatIsNotFilledInIsMarked(String fields, String marked) throws Exception {
        HttpResponse<String> form = post("signup", "playtcha-response=ok-1&" + fields);

        assertThat(form.statusCode()).isEqualTo(422);
        assertThat(form.body()).containsOnlyOnce("aria-invalid").contains("id=\"" + marked + "-problem\"");
    }

    @Test
    void namesKeepTheirLetters() throws Exception {
        post("signup", "playtcha-response=ok-1&name=" + encoded("Zoë <b>") + "&email=" + encoded("zoë@example.org"));

        HttpResponse<String> page = get("welcome");

        assertThat(page.body())
                .contains("Welcome, Zoë &lt;b&gt;.", "zoë@example.org")
                .doesNotContain("<b>");
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    @ParameterizedTest
    @CsvSource({"signup, 401, 403", "newsletter, 500, 200"})
    void whatComesFromTheNetworkIsEscaped(String form, int upstream, int status) throws Exception {
        app.standIn()
                .script(Reply.error(upstream, "<i>code", "</dd><script>alert('Zoë')</script>")
                        .requestId("\"><img>"));

        HttpResponse<String> page = post(form, "playtcha-response=ok-9-" + form + ADA);

        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body())
                .contains(fact("error.code", "&lt;i&gt;code"), fact("error.requestId", "&#034;&gt;&lt;img&gt;"))
                .contains("&lt;/dd&gt;&lt;script&gt;alert(&#039;Zoë&#039;)")
                .doesNotContain("<script", "<img", "<i>");
    }

    @Test
    void jsonClientsGetProblemDetails() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        request(app, "signup", "playtcha-response=invalid-1"), (name, value) -> true)
                .header("Accept", "application/json")
                .build();

        HttpResponse<String> problem = browser.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(problem.statusCode()).isEqualTo(403);
        assertThat(problem.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(problem.body()).contains("\"code\":\"token_invalid\"");
    }

    @ParameterizedTest
    @CsvSource({"'', 200, Sign up", "signup, 200, Sign up", "newsletter, 200, Newsletter", "nowhere, 404, no such page"
    })
    void otherPagesAreNotGuardedAndLoadNothingFromElsewhere(String path, int status, String text) throws Exception {
        HttpResponse<String> page = get(path);

        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body()).contains(text, "href=\"/style.css\"").doesNotContain("http:", "https:", "<script");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(app.standIn().requestCount()).isZero();
    }

    @Test
    void eachLoadOfAFormHasFreshTokens() throws Exception {
        String token = radio(get("signup").body());
        String next = radio(get("signup").body());

        assertThat(token).isNotEqualTo(next);
        assertThat(post("signup", "playtcha-response=" + token + ADA).statusCode())
                .isEqualTo(302);
    }

    @Test
    void theWarBringsTheLibraryAndNeitherServerNorStandIn() throws Exception {
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            assertThat(war.stream().map(ZipEntry::getName))
                    .anyMatch(name -> name.matches("WEB-INF/lib/playtcha-jakarta-[0-9].*\\.jar"))
                    .anyMatch(name -> name.endsWith("/SignUpServlet.class"))
                    .noneMatch(name -> name.matches(".*(testkit|tomcat-embed|ecj|servlet-api|el-api|[Ll]auncher).*"));
        }
    }

    private static String fact(String name, String value) {
        return "<dt>playtcha." + name + "</dt><dd>" + value + "</dd>";
    }

    private static String radio(String page) {
        Matcher radio = Pattern.compile("value=\"(ok-\\d+)\" checked").matcher(page);
        assertThat(radio.find()).as(page).isTrue();
        return radio.group(1);
    }

    private static Launcher startWith(String... settingsAndValues) {
        try {
            for (int i = 0; i < settingsAndValues.length; i += 2) {
                System.setProperty(settingsAndValues[i], settingsAndValues[i + 1]);
            }
            return Launcher.start(WAR, 0, 0);
        } finally {
            for (int i = 0; i < settingsAndValues.length; i += 2) {
                System.clearProperty(settingsAndValues[i]);
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static HttpRequest request(Launcher at, String path, String form) {
        return OneShotHttp.request(at.address().resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
    }

    private HttpResponse<String> post(String path, String form) throws IOException, InterruptedException {
        return post(app, path, form);
    }

    private HttpResponse<String> post(Launcher at, String path, String form) throws IOException, InterruptedException {
        return browser.send(request(at, path, form), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(app, path);
    }

    private HttpResponse<String> get(Launcher at, String path) throws IOException, InterruptedException {
        URI address = at.address().resolve(path);
        return browser.send(OneShotHttp.request(address).build(), HttpResponse.BodyHandlers.ofString());
    }
}
