package com.playtcha.example.microprofile.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.ReceivedRequest;
import com.playtcha.jakarta.testkit.Reply;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The WAR as it was packaged, in a Liberty that the launcher started, over real HTTP. */
class MicroprofileIT {
    private static Launcher app;
    private static Visitor visitor;
    private static List<String> atStart;

    @BeforeAll
    static void start() {
        // A busy machine is no fault of Playtcha's.
        Map<String, String> patient = Map.of("PLAYTCHA_TIMEOUT", "10s", "PLAYTCHA_CONNECT_TIMEOUT", "10s");
        app = Launcher.start(Visitor.PLACES, 0, patient, line -> {});
        visitor = new Visitor(app.address());
        atStart = app.liberty().lines();
    }

    @BeforeEach
    void forget() {
        app.site().reset();
        app.signUp().reset();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void theStartUpLinesTellPatternsAndGuards() {
        assertThat(atStart)
                .filteredOn(line -> line.contains(" guards ["))
                .hasSize(3)
                .anyMatch(line -> line.contains("Filter playtcha guards [/api/messages/*]")
                        && line.contains("as \"default\"")
                        && line.contains("fail-closed=false"))
                .anyMatch(line -> line.contains("Filter playtcha-signup guards [/api/signup/*]")
                        && line.contains("as \"signup\"")
                        && line.contains("fail-closed=true"))
                .anyMatch(line -> line.contains("Filter playtcha-newsletter guards [/api/newsletter/*]")
                        && line.contains("as \"newsletter\"")
                        && line.contains("fail-open-per-minute=60"));
        assertThat(atStart)
                .noneMatch(line -> line.contains("secret-of"))
                .noneMatch(line -> line.startsWith("[ERROR") || line.startsWith("[WARNING"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            newsletter | ok-1              | 200 | VERIFIED    | success          | You are subscribed
            newsletter | ok-degraded-1     | 200 | VERIFIED    | success          | You are subscribed
            newsletter | db-error-1        | 200 | UNAVAILABLE | server-error     | Please look into your mail
            newsletter | hang-1            | 200 | UNAVAILABLE | timeout          | Please look into your mail
            newsletter | success-false-1   | 403 | REJECTED    | success-false    | That did not work
            newsletter | invalid-1         | 403 | REJECTED    | token-invalid    | That did not work
            newsletter | redeemed-1        | 403 | REJECTED    | already-redeemed | This form was sent already
            newsletter | expired-1         | 403 | REJECTED    | token-expired    | That took a little long
            newsletter | bad-secret-1      | 500 | REJECTED    | bad-secret       | Something is wrong on our side
            newsletter | unknown-project-1 | 500 | REJECTED    | unknown-project  | Something is wrong on our side
            signup     | ok-1              | 200 | VERIFIED    | success          | Your account is ready
            signup     | ok-degraded-1     | 200 | VERIFIED    | success          | Your account is ready
            signup     | db-error-1        | 503 | UNAVAILABLE | server-error     | We cannot check this just now
            signup     | hang-1            | 503 | UNAVAILABLE | timeout          | We cannot check this just now
            signup     | success-false-1   | 403 | REJECTED    | success-false    | That did not work
            signup     | invalid-1         | 403 | REJECTED    | token-invalid    | That did not work
            signup     | redeemed-1        | 403 | REJECTED    | already-redeemed | This form was sent already
            signup     | expired-1         | 403 | REJECTED    | token-expired    | That took a little long
            signup     | bad-secret-1      | 500 | REJECTED    | bad-secret       | Something is wrong on our side
            signup     | unknown-project-1 | 500 | REJECTED    | unknown-project  | Something is wrong on our side
            """)
    void eachTokenHasItsPageWithTheInjectedVerdict(
            String guard, String token, int status, String outcome, String reason, String text) throws Exception {
        long before = counted(guard, outcome);

        HttpResponse<String> page = visitor.submit("api/" + guard, token);

        assertThat(page.statusCode()).as(page.body()).isEqualTo(status);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(page.body())
                .contains(text, fact("outcome", outcome), fact("reason", reason))
                .contains(fact("allowed", Boolean.toString(status == 200)))
                .contains(fact("degraded", Boolean.toString(token.startsWith("ok-degraded"))));
        if (status != 200) {
            assertThat(page.body()).contains("href=\"../" + guard + ".html\"");
            assertThat(page.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        }
        assertThat(counted(guard, outcome))
                .as("verdicts that were told by an event")
                .isEqualTo(before + 1);
    }

    @ParameterizedTest
    @CsvSource({"newsletter, secret-of-the-site", "signup, secret-of-the-sign-up"})
    void eachGuardAsksItsOwnProject(String guard, String secret) throws Exception {
        PlaytchaStandIn asked = guard.equals("signup") ? app.signUp() : app.site();
        PlaytchaStandIn other = guard.equals("signup") ? app.site() : app.signUp();

        assertThat(visitor.submit("api/" + guard, "ok-2").statusCode()).isEqualTo(200);

        assertThat(asked.requests()).extracting(ReceivedRequest::secret).containsExactly(secret);
        assertThat(other.requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"newsletter", "signup"})
    void aTokenIsGoodOnce(String guard) throws Exception {
        assertThat(visitor.submit("api/" + guard, "ok-3").statusCode()).isEqualTo(200);

        HttpResponse<String> again = visitor.submit("api/" + guard, "ok-3");

        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(again.body())
                .contains(fact("error.status", "409"), fact("error.code", "already_redeemed"))
                .contains("<dt>error.requestId</dt><dd>req_");
    }

    @ParameterizedTest
    @CsvSource({"newsletter", "signup"})
    void withoutATokenPlaytchaIsNotAsked(String guard) throws Exception {
        HttpResponse<String> page = visitor.submit("api/" + guard, null);

        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("One step is missing", fact("outcome", "NO_TOKEN"));
        assertThat(visitor.other("PUT", "api/" + guard).statusCode()).isEqualTo(400);
        assertThat(app.site().requestCount() + app.signUp().requestCount()).isZero();
    }

    @Test
    void whilePlaytchaCannotBeReachedOnlyTheNewsletterIsOpen() throws Exception {
        app.site().refuse();
        app.signUp().refuse();
        try {
            assertThat(visitor.submit("api/newsletter", "ok-4").body())
                    .contains("Please look into your mail", fact("reason", "connect"));
            assertThat(visitor.submit("api/signup", "ok-4").statusCode()).isEqualTo(503);
        } finally {
            app.site().accept();
            app.signUp().accept();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "newsletter, invalid-1, 403, token_invalid",
        "newsletter, , 400, token_missing",
        "signup, invalid-1, 403, token_invalid",
        "signup, , 400, token_missing",
        "signup, db-error-1, 503, db_error",
        "signup, bad-secret-1, 500, configuration"
    })
    void programsGetProblemDetails(String guard, String token, int status, String code) throws Exception {
        HttpResponse<String> problem = visitor.call("api/" + guard, token);

        assertThat(problem.statusCode()).as(problem.body()).isEqualTo(status);
        assertThat(problem.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(problem.body()).contains("\"code\":\"" + code + "\"");
    }

    /** Jakarta REST serves a path with a trailing slash as the one without. */
    @ParameterizedTest
    @ValueSource(strings = {"api/signup", "api/signup/", "api/newsletter/", "api/messages/"})
    void aTrailingSlashLeadsAroundNoGuard(String path) throws Exception {
        assertThat(visitor.post(path, "no=token" + Visitor.ADA, "text/html").statusCode())
                .isEqualTo(400);
    }

    @Test
    void programsGetTheVerdictInJson() throws Exception {
        assertThat(visitor.call("api/signup", "ok-5").body())
                .isEqualTo("{\"outcome\":\"VERIFIED\",\"reason\":\"success\",\"allowed\":true,\"degraded\":false}");
        assertThat(visitor.call("api/newsletter", "db-error-5").body())
                .contains("\"outcome\":\"UNAVAILABLE\"", "\"error.code\":\"db_error\"");
    }

    @Test
    void whoDoesNotMindGetsThePage() throws Exception {
        assertThat(visitor.post("api/signup", "playtcha-response=ok-6" + Visitor.ADA, "*/*")
                        .body())
                .contains("<h1>Welcome, Ada.</h1>");
    }

    @Test
    void aMessageCarriesItsTokenInItsBodyAndKeepsIt() throws Exception {
        HttpResponse<String> receipt =
                visitor.json("api/messages", "{\"text\":\"Zoë 🦊\",\"playtchaToken\":\"ok-degraded-7\"}");

        assertThat(receipt.statusCode()).as(receipt.body()).isEqualTo(200);
        assertThat(receipt.body()).contains("\"outcome\":\"VERIFIED\"", "\"degraded\":true", "\"text\":\"Zoë 🦊\"");
        assertThat(app.site().lastRequest().orElseThrow().token()).isEqualTo("ok-degraded-7");
    }

    @ParameterizedTest
    @CsvSource({"'', 400, token_missing", "expired-1, 403, token_expired"})
    void aMessageWithoutAGoodTokenIsRefusedWithProblemDetails(String token, int status, String code) throws Exception {
        HttpResponse<String> problem =
                visitor.json("api/messages", "{\"text\":\"Hi\",\"playtchaToken\":\"" + token + "\"}");

        assertThat(problem.statusCode()).isEqualTo(status);
        assertThat(problem.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(problem.body()).contains("\"code\":\"" + code + "\"");
    }

    @Test
    void namesKeepTheirLettersAndAreEscaped() throws Exception {
        String fields = "playtcha-response=ok-8&email=zoe@example.org&name="
                + URLEncoder.encode("Zoë <b>\"'&", StandardCharsets.UTF_8);

        HttpResponse<String> page = visitor.post("api/signup", fields, "text/html");

        assertThat(page.body())
                .contains("<h1>Welcome, Zoë &lt;b&gt;&quot;&#39;&amp;.</h1>")
                .doesNotContain("<b>");
    }

    @ParameterizedTest
    @CsvSource({"signup, 401, 403", "newsletter, 500, 200"})
    void whatComesFromTheNetworkIsEscaped(String guard, int upstream, int status) throws Exception {
        PlaytchaStandIn asked = guard.equals("signup") ? app.signUp() : app.site();
        asked.script(Reply.error(upstream, "<i>code", "</dd><script>alert(1)</script>")
                .requestId("\"><img>"));

        HttpResponse<String> page = visitor.submit("api/" + guard, "ok-9");

        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body())
                .contains(fact("error.code", "&lt;i&gt;code"), fact("error.requestId", "&quot;&gt;&lt;img&gt;"))
                .doesNotContain("<script", "<img", "<i>");
    }

    @ParameterizedTest
    @CsvSource({
        "newsletter, email=ada",
        "newsletter, ''",
        "signup, email=ada@example.org",
        "signup, name=+&email=ada@example.org",
        "signup, name=A%0Ada&email=ada@example.org",
        "signup, name=Ada&email=ada@example"
    })
    void fieldsAreCheckedHereToo(String guard, String fields) throws Exception {
        HttpResponse<String> page = visitor.post("api/" + guard, "playtcha-response=ok-10&" + fields, "text/html");

        assertThat(page.statusCode()).as(page.body()).isEqualTo(422);
        assertThat(page.body()).contains("Please look at the form again", "href=\"../" + guard + ".html\"");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 200, Guarded by settings",
        "signup.html, 200, action=\"api/signup\"",
        "newsletter.html, 200, action=\"api/newsletter\"",
        "message.html, 200, action=\"api/messages\"",
        "message.html, 200, This page needs JavaScript.",
        "style.css, 200, color-scheme",
        "page.js, 200, use strict",
        "denied, 404, 404"
    })
    void otherPagesAreNotGuardedAndLoadNothingFromElsewhere(String path, int status, String text) throws Exception {
        HttpResponse<String> page = visitor.get(path);

        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body()).contains(text).doesNotContain("http:", "https:");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(app.site().requestCount() + app.signUp().requestCount()).isZero();
    }

    @Test
    void theWarBringsTheLibraryAndNothingThatLibertyHas() throws Exception {
        try (ZipFile war = new ZipFile(Visitor.WAR.toFile())) {
            assertThat(war.stream().map(ZipEntry::getName))
                    .anyMatch(name -> name.matches("WEB-INF/lib/playtcha-jakarta-[0-9].*\\.jar"))
                    .contains("WEB-INF/classes/META-INF/microprofile-config.properties")
                    .noneMatch(name -> name.endsWith("web.xml"))
                    .noneMatch(name -> name.matches(".*(testkit|yasson|parsson|jakarta\\.|[Ll]auncher).*"));
        }
    }

    private static String fact(String name, String value) {
        return "<dt>" + name + "</dt><dd>" + value + "</dd>";
    }

    private static long counted(String guard, String outcome) throws Exception {
        String status = visitor.get("api/status").body();
        Matcher ofGuard = Pattern.compile("\"" + guard + "\":\\{([^}]*)}").matcher(status);
        if (!ofGuard.find()) {
            return 0;
        }
        Matcher sum = Pattern.compile("\"" + outcome + "\":(\\d+)").matcher(ofGuard.group(1));
        return sum.find() ? Long.parseLong(sum.group(1)) : 0;
    }
}
