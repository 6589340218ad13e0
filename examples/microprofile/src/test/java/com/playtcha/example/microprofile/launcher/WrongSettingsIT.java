package com.playtcha.example.microprofile.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;

/** What an operator's mistake in the environment comes to. Liberty goes on without a filter that cannot start. */
class WrongSettingsIT {
    @Test
    void everyPageAnswers500AndOneMessageSaysWhy() throws Exception {
        List<String> screen = Collections.synchronizedList(new ArrayList<>());
        Map<String, String> mistakes =
                Map.of("PLAYTCHA_TIMEOUT", "soon", "PLAYTCHA_GUARDS_SIGNUP_FAIL_CLOSED", "maybe");
        try (Launcher app = Launcher.start(Visitor.PLACES, 0, mistakes, screen::add)) {
            Visitor visitor = new Visitor(app.address());

            for (String path : List.of("", "signup.html", "style.css", "api/status", "denied", "nowhere")) {
                assertThat(visitor.get(path).statusCode()).as(path).isEqualTo(500);
            }
            assertThat(visitor.submit("api/signup", "ok-1").statusCode()).isEqualTo(500);
            assertThat(visitor.submit("api/newsletter", "ok-1").statusCode()).isEqualTo(500);
            assertThat(visitor.json("api/messages", "{\"playtchaToken\":\"ok-1\"}")
                            .statusCode())
                    .isEqualTo(500);

            assertThat(app.liberty().refused()).isTrue();
            assertThat(app.site().requestCount() + app.signUp().requestCount()).isZero();
        }
        // Beside it, Liberty has a line for each request that was answered with 500.
        assertThat(screen)
                .filteredOn(line -> !line.contains("SRVE0293E"))
                .hasSize(3)
                .satisfies(
                        line -> assertThat(line)
                                .contains("[ERROR", "Playtcha cannot guard this application: 2 problems"),
                        Index.atIndex(0))
                .anyMatch(line -> line.contains("timeout = \"soon\""))
                .anyMatch(line -> line.contains("fail-closed = \"maybe\"") && line.contains("guards.signup"));
    }
}
