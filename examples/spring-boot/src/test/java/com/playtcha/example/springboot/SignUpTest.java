package com.playtcha.example.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
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

    final HttpClient visitor = OneShotHttp.clientBuilder().build();

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
        assertThat(replayed.body()).contains("Back to the form", "REJECTED").doesNotContain("Welcome");
    }

    @Test
    void theSignUpStaysOpenWhilePlaytchaIsDownAndTheNewsletterCloses() throws Exception {
        PLAYTCHA.refuse();

        assertThat(post("/signup", "playtcha-response=ok-2").body()).contains("UNAVAILABLE");
        assertThat(post("/newsletter", "playtcha-response=ok-3").statusCode()).isEqualTo(503);
    }

    @Test
    void aLogInNeedsATokenAfterFailures() throws Exception {
        assertThat(post("/login", "failures=0").statusCode()).isEqualTo(200);
        assertThat(post("/login", "failures=3").statusCode()).isEqualTo(403);
        assertThat(post("/login", "failures=3&playtcha-response=ok-4").statusCode())
                .isEqualTo(200);
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
