package com.playtcha.example.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class SignUpTest {
    static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

    final HttpClient visitor =
            OneShotHttp.clientBuilder().cookieHandler(new CookieManager()).build();

    String csrf = "";

    @Value("${local.server.port}")
    int port;

    @DynamicPropertySource
    static void playtcha(DynamicPropertyRegistry registry) {
        PLAYTCHA.properties().forEach((key, value) -> registry.add(key, () -> value));
    }

    @BeforeEach
    void reset() {
        PLAYTCHA.accept();
        PLAYTCHA.reset();
    }

    @AfterAll
    static void stop() {
        PLAYTCHA.close();
    }

    @Test
    void aTokenIsAcceptedOnce() throws Exception {
        HttpResponse<String> welcome = post("/signup", "playtcha-response=ok-1&name=Ada");
        assertThat(welcome.statusCode()).isEqualTo(200);
        assertThat(welcome.body()).contains("Welcome, Ada", "VERIFIED");

        HttpResponse<String> replayed = post("/signup", "playtcha-response=ok-1&name=Eve");
        assertThat(replayed.statusCode()).isEqualTo(403);
        assertThat(replayed.body())
                .contains("value=\"Eve\"", "<h1 lang=\"en\">", "The form was sent twice")
                .doesNotContain("Welcome");
    }

    @Test
    void theSignUpStaysOpenWhilePlaytchaIsDownAndTheNewsletterCloses() throws Exception {
        PLAYTCHA.refuse();

        assertThat(post("/signup", "playtcha-response=ok-2").body()).contains("UNAVAILABLE");
        assertThat(post("/newsletter", "playtcha-response=ok-3").statusCode()).isEqualTo(503);
    }

    @Test
    void aLogInShowsTheWidgetAfterThreeFailures() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(logInPage()).doesNotContain("name=\"playtcha-response\"");
            logIn("password=wrong");
        }
        assertThat(logInPage()).contains("name=\"playtcha-response\"", "Name or password is wrong.");
        logIn("password=secret");
        assertThat(logInPage()).contains("Please complete the human check");
        logIn("password=secret&playtcha-response=ok-4");
        assertThat(get("/account")).contains("You are logged in as <strong>ada</strong>");
        assertThat(logInPage()).doesNotContain("name=\"playtcha-response\"");
        PLAYTCHA.verifications().of("ok-4").once();
    }

    @Test
    void pagesHaveAnIcon() throws Exception {
        assertThat(logInPage()).contains("href=\"/icon.svg\"");
        assertThat(get("/icon.svg")).startsWith("<svg");
    }

    private String logInPage() throws Exception {
        String page = get("/login?error");
        csrf = page.replaceFirst("(?s).*name=\"_csrf\" value=\"([^\"]*)\".*", "$1");
        return page;
    }

    private void logIn(String form) throws Exception {
        assertThat(post("/login", "username=ada&" + form + "&_csrf=" + csrf).statusCode())
                .isEqualTo(302);
    }

    private String get(String path) throws Exception {
        HttpRequest request = OneShotHttp.request(URI.create("http://127.0.0.1:" + port + path))
                .GET()
                .build();
        return visitor.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private HttpResponse<String> post(String path, String form) throws Exception {
        HttpRequest request = OneShotHttp.request(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "text/html")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return visitor.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
