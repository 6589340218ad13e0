package com.playtcha.example.wildfly.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The WAR as it was packaged, in WildFly as the launcher starts it, over real HTTP. */
class WildFlyCdiIT {
    static final Path WAR = Path.of(System.getProperty("example.war"));
    static final Path HOME = Path.of(System.getProperty("example.wildfly"));

    private static final String ADA = "{\"email\":\"ada@example.org\"}";

    private static Launcher app;

    private final HttpClient browser =
            OneShotHttp.clientBuilder().cookieHandler(new CookieManager()).build();

    @BeforeAll
    static void start() {
        // One at a time, so that a second one can be seen to be too many; and a busy machine is no fault of Playtcha's.
        app = Launcher.start(
                HOME,
                WAR,
                0,
                0,
                Map.of("playtcha.max-concurrent", "1", "playtcha.timeout", "6s", "playtcha.connect-timeout", "6s"));
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
            success-false-1   | 403 | REJECTED    | That did not work
            invalid-1         | 403 | REJECTED    | That did not work
            redeemed-1        | 403 | REJECTED    | This form was sent already
            expired-1         | 403 | REJECTED    | That took a little long
            bad-secret-1      | 500 | REJECTED    | Something is wrong on our side
            unknown-project-1 | 500 | REJECTED    | Something is wrong on our side
            db-error-1        | 503 | UNAVAILABLE | We cannot check this just now
            hang-1            | 503 | UNAVAILABLE | We cannot check this just now
            """)
    void whatTheSignUpGuardDeniesIsAMessageOnThePage(String token, int status, String outcome, String text)
            throws Exception {
        HttpResponse<String> page = signUp(token, "Ada", "ada@example.org");

        assertThat(page.statusCode()).as(page.body()).isEqualTo(status);
        assertThat(page.body())
                .contains(text, fact("playtcha.outcome", outcome), fact("playtcha.allowed", "false"))
                .contains("value=\"Ada\"", "value=\"ada@example.org\"");
        assertThat(app.standIn().requestCount()).isOne();
        assertThat(get("welcome.xhtml").statusCode()).isEqualTo(302);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            success-false-2   | 403 | rejected
            invalid-2         | 403 | token_invalid
            redeemed-2        | 403 | already_redeemed
            expired-2         | 403 | token_expired
            bad-secret-2      | 500 | configuration
            unknown-project-2 | 500 | configuration
            """)
    void whatTheNewsletterGuardDeniesIsProblemDetails(String token, int status, String code) throws Exception {
        problem(newsletter(token), status, code);
        assertThat(app.standIn().requestCount()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"ok-1, false", "ok-degraded-1, true"})
    void whoeverIsVerifiedSignsUpOnceHoweverOftenThePageIsReloaded(String token, boolean degraded) throws Exception {
        HttpResponse<String> redirect = signUp(token, "Ada", "ada@example.org");

        assertThat(redirect.statusCode()).as(redirect.body()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("Location")).hasValue(app.address() + "welcome.xhtml");
        for (int load = 0; load < 2; load++) {
            assertThat(get("welcome.xhtml").body())
                    .contains("Welcome, Ada.", "Your account is ready", "ada@example.org")
                    .contains(fact("outcome", "VERIFIED"), fact("degraded", "" + degraded));
        }
        assertThat(app.standIn().requestCount()).isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "ok-2, subscribed, VERIFIED, false",
        "ok-degraded-2, subscribed, VERIFIED, true",
        "db-error-2, waits for a mail to be answered, UNAVAILABLE, false",
        "hang-2, waits for a mail to be answered, UNAVAILABLE, false"
    })
    void theNewsletterSaysHowSureItIs(String token, String state, String outcome, boolean degraded) throws Exception {
        HttpResponse<String> answer = newsletter(token);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"email\":\"ada@example.org\",\"state\":\"%s\",\"outcome\":\"%s\",\"degraded\":%s}"
                        .formatted(state, outcome, degraded));
        assertThat(app.standIn().requestCount()).isOne();
    }

    @Test
    void theTokenMayBeInTheJsonBodyToo() throws Exception {
        HttpResponse<String> answer =
                json("api/newsletter", "", "{\"email\":\"ada@example.org\",\"playtchaToken\":\"ok-1\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"VERIFIED\"");
    }

    @Test
    void aTokenIsGoodOncePerPageAndApiTogether() throws Exception {
        assertThat(signUp("ok-1", "Ada", "ada@example.org").statusCode()).isEqualTo(302);
        problem(newsletter("ok-1"), 403, "already_redeemed");

        assertThat(newsletter("ok-2").statusCode()).isEqualTo(200);
        HttpResponse<String> page = signUp("ok-2", "Ada", "ada@example.org");
        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body())
                .contains("This form was sent already", fact("playtcha.error.code", "already_redeemed"), "req_");
    }

    @Test
    void withoutATokenPlaytchaIsNotAsked() throws Exception {
        HttpResponse<String> page = signUp("", "Ada", "ada@example.org");

        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("One step is missing", fact("playtcha.outcome", "NO_TOKEN"));
        problem(newsletter(""), 400, "token_missing");
        assertThat(app.standIn().requestCount()).isZero();
    }

    @Test
    void whilePlaytchaCannotBeReachedOnlyTheNewsletterIsOpen() throws Exception {
        app.standIn().refuse();
        try {
            assertThat(signUp("ok-3", "Ada", "ada@example.org").statusCode()).isEqualTo(503);
            assertThat(newsletter("ok-4").body()).contains("\"UNAVAILABLE\"");
        } finally {
            app.standIn().accept();
        }
    }

    @Test
    void aPauseHoldsForPageAndApiAndEnds() throws Exception {
        String fields = fields("ok-1", "Ada", "ada@example.org");

        HttpResponse<String> first = newsletter("rate-limited-5-x");
        HttpResponse<String> next = form(fields);

        problem(first, 503, "rate_limited_ip");
        assertThat(first.headers().firstValue("Retry-After")).hasValue("5");
        assertThat(next.statusCode()).isEqualTo(503);
        assertThat(next.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 5L);
        assertThat(next.body()).contains("Many visitors", fact("playtcha.outcome", "THROTTLED"));
        assertThat(app.standIn().requestCount()).isOne();

        await().atMost(Duration.ofSeconds(30)).until(() -> newsletter("ok-1").statusCode() == 200);
    }

    @Test
    void moreAtOnceThanAllowedIsOverloadAndNeverFailsOpen() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        app.standIn().script(Reply.ok().holdUntil(held));
        CompletableFuture<HttpResponse<String>> first =
                browser.sendAsync(jsonRequest("api/newsletter", "ok-1", ADA), HttpResponse.BodyHandlers.ofString());
        app.standIn().awaitRequests(1, Duration.ofSeconds(10));

        HttpResponse<String> second = newsletter("ok-2");
        held.countDown();

        problem(second, 503, "overloaded");
        assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(first.get().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hello             | ''         | 200 | "checked":false
            see http://a      | ok-1       | 200 | "outcome":"VERIFIED"
            see http://a      | db-error-1 | 200 | "outcome":"UNAVAILABLE"
            http://a http://b | db-error-2 | 503 | "code":"db_error"
            http://a http://b | ok-2       | 200 | "outcome":"VERIFIED"
            see http://a      | ''         | 400 | "code":"token_missing"
            """)
    void theDecisionToAskMayBeInCode(String text, String token, int status, String expected) throws Exception {
        HttpResponse<String> answer = json("api/messages", token, "{\"text\":\"" + text + "\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(expected);
        assertThat(app.standIn().requestCount()).isEqualTo(token.isEmpty() ? 0 : 1);
    }

    @Test
    void eachVerificationIsObservedOnce() throws Exception {
        int page = audited("signup REJECTED");
        int api = audited("newsletter VERIFIED");

        signUp("invalid-1", "Ada", "ada@example.org");
        newsletter("ok-1");

        assertThat(audited("signup REJECTED")).isEqualTo(page + 1);
        assertThat(audited("newsletter VERIFIED")).isEqualTo(api + 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''  | ada@example.org | name
            ' ' | ada@example.org | name
            Ada | ''              | email
            Ada | ada             | email
            """)
    void aMistakeInTheFormCostsNoToken(String name, String email, String marked) throws Exception {
        HttpResponse<String> page = signUp("ok-1", name, email);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .containsOnlyOnce("aria-invalid")
                .contains("aria-describedby=\"" + marked + "-problem\"");
        assertThat(app.standIn().requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"email":
            [1]
            {"email":5}
            {"email":" "}
            {"mail":"<script>"}
            """)
    void aBodyThatIsNotWhatIsNeededIsTheClientsMistake(String body) throws Exception {
        HttpResponse<String> answer = json("api/newsletter", "ok-1", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body()).contains("\"email\"").doesNotContain("<");
    }

    @Test
    void whatTheVisitorTypedInComesBackEscaped() throws Exception {
        HttpResponse<String> form = signUp("ok-1", "\"><b>Zoë 🦊</b>", "<i>'");
        assertThat(form.body())
                .contains("value=\"&quot;&gt;&lt;b&gt;Zoë 🦊&lt;/b&gt;\"")
                .doesNotContain("<b>", "<i>");

        assertThat(signUp("ok-2", "Zoë <b>", "zoë@example.org").statusCode()).isEqualTo(302);
        assertThat(get("welcome.xhtml").body())
                .contains("Welcome, Zoë &lt;b&gt;.", "zoë@example.org")
                .doesNotContain("<b>");
    }

    @Test
    void theLogInAsksForATokenAfterThreeFailures() throws Exception {
        for (int failures = 0; failures < 3; failures++) {
            assertThat(get("login.xhtml").body()).contains("Log in").doesNotContain("playtcha-response");
            HttpResponse<String> wrong = logIn("ada", "turing", "");
            assertThat(wrong.headers().firstValue("Location")).hasValue(app.address() + "login.xhtml?failed=true");
        }

        String form = get("login.xhtml?failed=true").body();
        assertThat(form).contains("Name or password is wrong.", "playtcha-response", "value=\"ada\"");
        HttpResponse<String> denied = logIn("ada", "enigma", "");
        assertThat(denied.statusCode()).isEqualTo(400);
        assertThat(denied.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(denied.body())
                .contains("Please let the check run", "playtcha-response", "value=\"ada\"")
                // The form's action did not run, although the page that shows the denial is its own.
                .doesNotContain("Hello, ada");
        assertThat(get("login.xhtml").body()).doesNotContain("Hello, ada");
        assertThat(app.standIn().requestCount()).isZero();

        HttpResponse<String> unavailable = logIn("ada", "enigma", "db-error-4");
        assertThat(unavailable.statusCode()).isEqualTo(503);
        assertThat(unavailable.body())
                .contains("We cannot check this just now", "value=\"ada\"")
                .doesNotContain("Please let the check run");

        assertThat(logIn("ada", "enigma", radio(form)).statusCode()).isEqualTo(302);

        assertThat(get("login.xhtml").body()).contains("Hello, ada").doesNotContain("playtcha-response");
        assertThat(app.standIn().requestCount()).isEqualTo(2);
    }

    /** Needs Chromium and its driver; without them, the build says that this was not run. */
    @Test
    void aDeniedAjaxFormSaysWhyAndKeepsWhatWasEntered() {
        Path chromium = Path.of("/usr/bin/chromium");
        Path driver = Path.of("/usr/bin/chromedriver");
        boolean installed = Files.isExecutable(chromium) && Files.isExecutable(driver);
        if (!installed) {
            System.out.println(
                    "Chromium or its driver is not installed: the contact form was not tested in a browser.");
        }
        assumeTrue(installed, "Chromium and chromedriver are installed");
        ChromeDriver visitor = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.toFile())
                        .build(),
                new ChromeOptions()
                        .setBinary(chromium.toFile())
                        .addArguments(
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--no-first-run"));
        try {
            visitor.get(app.address().resolve("contact.xhtml").toString());
            visitor.findElement(By.id("message")).sendKeys("Grüße");
            visitor.findElement(By.cssSelector("[type=radio][value=' ']")).click();
            visitor.findElement(By.id("send")).click();

            await().atMost(Duration.ofSeconds(60))
                    // The answer may replace an element between its look-up and the reading of its text.
                    .ignoreExceptionsInstanceOf(StaleElementReferenceException.class)
                    .until(() ->
                            visitor.findElement(By.id("denied")).getText().startsWith("The human check is missing"));
            assertThat(visitor.findElement(By.id("message")).getDomProperty("value"))
                    .isEqualTo("Grüße");
            assertThat(app.standIn().requestCount()).isZero();

            visitor.findElement(By.cssSelector("[value^=ok-]")).click();
            visitor.findElement(By.id("send")).click();

            await().atMost(Duration.ofSeconds(60))
                    // The answer may replace an element between its look-up and the reading of its text.
                    .ignoreExceptionsInstanceOf(StaleElementReferenceException.class)
                    .until(() -> visitor.findElement(By.id("result")).getText().startsWith("Thank you."));
            assertThat(visitor.findElement(By.id("denied")).getText()).isEmpty();
            assertThat(app.standIn().requestCount()).isOne();

            visitor.manage().deleteAllCookies();
            visitor.findElement(By.cssSelector("[value^=ok-]")).click();
            visitor.findElement(By.id("send")).click();

            // An error of the application is no denial, and its text is not for visitors.
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(StaleElementReferenceException.class)
                    .until(() -> visitor.findElement(By.id("denied")).getText().contains("Please reload the page"));
        } finally {
            visitor.quit();
        }
    }

    @Test
    void whatComesFromTheNetworkIsEscaped() throws Exception {
        Reply hostile = Reply.error(401, "<i>code", "</dd><script>alert('Zoë')</script>")
                .requestId("\"><img>");
        app.standIn().script(hostile, hostile);

        HttpResponse<String> page = signUp("ok-8", "Ada", "ada@example.org");
        HttpResponse<String> problem = newsletter("ok-9");

        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body())
                .contains(fact("playtcha.error.code", "&lt;i&gt;code"))
                .contains("&lt;/dd&gt;&lt;script&gt;alert('Zoë')")
                .doesNotContain("<script", "<img", "<i>");
        assertThat(problem.statusCode()).isEqualTo(403);
        assertThat(problem.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(problem.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(problem.body()).contains("\"request_id\":\"\\\"><img>\"");
    }

    /** Faces runs the form's action for each request that has the view state. */
    @Test
    void theFormOfAFilterNeedsATokenWhateverItsMethod() throws Exception {
        String postback = "contact.xhtml?contact=contact&send=Send&message=Hello" + viewState("contact.xhtml");

        assertThat(get(postback).statusCode()).isEqualTo(400);
        HttpResponse<String> verified = get(postback + "&playtcha-response=ok-get");
        assertThat(verified.statusCode()).isEqualTo(200);
        assertThat(verified.body()).contains("Thank you. Your message has arrived.");
    }

    /** A browser without scripts sends the contact form as any other, and shows the page of the denial. */
    @Test
    void aDeniedFormThatWasSentWithoutScriptsSaysWhyAndKeepsWhatWasEntered() throws Exception {
        HttpResponse<String> page = form(
                "contact.xhtml",
                "contact=contact&send=Send&message=Gr%C3%BC%C3%9Fe+%3Cb%3E&playtcha-response=expired-6"
                        + viewState("contact.xhtml"));

        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body())
                .contains("The human check has expired.", "Grüße &lt;b&gt;", "href=\"/contact.xhtml\">Back to the form")
                .doesNotContain("That did not work");
    }

    @Test
    void aFormFromAnotherSessionIsAskedForOnceMore() throws Exception {
        HttpResponse<String> page = form("jakarta.faces.ViewState=1%3A2&signup=signup&send=x&playtcha-response=ok-1");

        assertThat(page.statusCode()).isEqualTo(500);
        // The session may have ended, or may never have been, and each form of the site leads here.
        assertThat(page.body().replaceAll("\\s+", " "))
                .contains("fill it in once more", "keeps no cookies", "href=\"/login.xhtml\">Log in</a>.");
        assertThat(app.standIn().requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"'', 200, Sign up", "signup.xhtml, 200, Sign up", "nowhere, 404, no such page"})
    void otherPagesAreNotGuardedAndLoadNothingFromElsewhere(String path, int status, String text) throws Exception {
        HttpResponse<String> page = get(path);

        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body()).contains(text, "href=\"/style.css\"").doesNotContain("https:", "<script");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(page.headers().firstValue("Set-Cookie"))
                .hasValueSatisfying(cookie -> assertThat(cookie).containsIgnoringCase("SameSite=Lax"));
        assertThat(app.standIn().requestCount()).isZero();
    }

    @Test
    void eachLoadOfTheFormHasFreshTokens() throws Exception {
        String token = radio(get("signup.xhtml").body());

        assertThat(token).isNotEqualTo(radio(get("signup.xhtml").body()));
        assertThat(signUp(token, "Ada", "ada@example.org").statusCode()).isEqualTo(302);
    }

    @Test
    void theWarBringsTheLibraryAndItsHttpClientOnly() throws Exception {
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            assertThat(war.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".jar")))
                    .allMatch(name ->
                            name.matches("WEB-INF/lib/(playtcha-jakarta|httpc(lient|ore)5(-h2)?)-[0-9].*\\.jar"))
                    .noneMatch(name -> name.contains("testkit"))
                    .hasSize(4);
            assertThat(war.stream().map(ZipEntry::getName)).noneMatch(name -> name.contains("launcher"));
        }
    }

    private static String fact(String name, String value) {
        return "<dt>" + name + "</dt><dd>" + value + "</dd>";
    }

    private static void problem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"", "\"status\":" + status);
    }

    private static String radio(String page) {
        return found("value=\"(ok-\\d+)\"", page);
    }

    private static String found(String pattern, String page) {
        Matcher found = Pattern.compile(pattern).matcher(page);
        assertThat(found.find()).as(page).isTrue();
        return found.group(1);
    }

    private int audited(String what) throws Exception {
        String counts = get("api/audit").body();
        Matcher count = Pattern.compile("\"" + what + "\":(\\d+)").matcher(counts);
        return count.find() ? Integer.parseInt(count.group(1)) : 0;
    }

    private HttpResponse<String> signUp(String token, String name, String email)
            throws IOException, InterruptedException {
        return form(fields(token, name, email));
    }

    /** As a browser has them, once it has loaded the page. */
    private String fields(String token, String name, String email) throws IOException, InterruptedException {
        return "signup=signup&send=Sign+up&playtcha-response=" + encoded(token) + "&name=" + encoded(name) + "&email="
                + encoded(email) + viewState("signup.xhtml");
    }

    private String viewState(String page) throws IOException, InterruptedException {
        return "&jakarta.faces.ViewState="
                + encoded(found(
                        "name=\"jakarta.faces.ViewState\"[^>]* value=\"([^\"]+)\"",
                        get(page).body()));
    }

    private HttpResponse<String> logIn(String user, String password, String token)
            throws IOException, InterruptedException {
        return form(
                "login.xhtml",
                "login=login&send=Log+in&user=" + user + "&password=" + password + "&playtcha-response=" + token
                        + viewState("login.xhtml"));
    }

    private HttpResponse<String> form(String fields) throws IOException, InterruptedException {
        return form("signup.xhtml", fields);
    }

    private HttpResponse<String> form(String page, String fields) throws IOException, InterruptedException {
        return send(OneShotHttp.request(app.address().resolve(page))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(fields))
                .build());
    }

    private HttpResponse<String> newsletter(String token) throws IOException, InterruptedException {
        return json("api/newsletter", token, ADA);
    }

    private HttpResponse<String> json(String path, String token, String body) throws IOException, InterruptedException {
        return send(jsonRequest(path, token, body));
    }

    private static HttpRequest jsonRequest(String path, String token, String body) {
        HttpRequest.Builder request = OneShotHttp.request(app.address().resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return (token.isEmpty() ? request : request.header("X-Playtcha-Token", token)).build();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI address = app.address().resolve(path);
        return send(OneShotHttp.request(address).build());
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return browser.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
