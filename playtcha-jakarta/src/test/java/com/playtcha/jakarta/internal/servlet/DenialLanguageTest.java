package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A denial speaks the visitor's language. */
class DenialLanguageTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private TestApp app = TestApp.guarded(playtcha);

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    @Test
    void problemDetailsAreInThePreferredLanguageAndCodesStay() {
        app.start();

        HttpResponse<String> answer =
                app.signUp("expired-1", "Accept", "application/json", "Accept-Language", "ja, en;q=0.5");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().allValues("Content-Language")).containsExactly("ja");
        assertThat(answer.headers().allValues("Vary")).containsExactly("Accept, Accept-Language");
        assertThat(answer.body())
                .contains(
                        "\"type\":\"urn:playtcha:problem:token_expired\"",
                        "\"title\":\"人間であることを確認できませんでした\"",
                        "\"code\":\"token_expired\"",
                        "\"detail\":\"確認の有効期限が切れました。もう一度確認を行ってください。\"");
    }

    /** Clients that read a charset of JSON would read other letters. */
    @Test
    void anEncodingThatAnEarlierFilterSetIsNotNamed() {
        app.close();
        app = new TestApp()
                .initialized()
                .servlet("/signup", TestApp::showAttributes)
                .otherFilter(
                        (request, response, chain) -> {
                            response.setCharacterEncoding("ISO-8859-1");
                            chain.doFilter(request, response);
                        },
                        "/signup")
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .start();

        HttpResponse<String> answer = app.signUp("expired-1", "Accept", "application/json", "Accept-Language", "ja");

        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .isEqualToIgnoringCase("application/problem+json;charset=utf-8");
        assertThat(answer.body()).contains("\"title\":\"人間であることを確認できませんでした\"");
    }

    @Test
    void withoutALanguageProblemDetailsAreInEnglish() {
        app.start();

        HttpResponse<String> answer = app.signUp("success-false-1", "Accept", "application/json");

        assertThat(answer.headers().allValues("Content-Language")).containsExactly("en");
        assertThat(answer.body())
                .isEqualTo("{\"type\":\"urn:playtcha:problem:rejected\",\"title\":\"The human check was not passed\","
                        + "\"status\":403,\"code\":\"rejected\","
                        + "\"detail\":\"Please complete the human check again.\"}");
    }

    @Test
    void errorPageOfTheApplicationGetsTheTitleAndNoLanguage() {
        app.errorPage((request, response) -> {
                    response.setCharacterEncoding("UTF-8");
                    response.getWriter().print(request.getAttribute(RequestDispatcher.ERROR_MESSAGE));
                })
                .start();

        HttpResponse<String> answer = app.signUp("invalid-1", "Accept", "text/html", "Accept-Language", "fr-CH");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("La vérification humaine a échoué");
        assertThat(answer.headers().allValues("Content-Language")).isEmpty();
    }

    @Test
    void errorPageOfTheContainerShowsTheTitle() {
        app.start();

        assertThat(app.signUp("rate-limited-1", "Accept", "text/html", "Accept-Language", "es")
                        .body())
                .contains("no est", "disponible en este momento");
    }

    @Test
    void failurePageGetsTitleDetailAndLanguageAsAttributes() {
        app.close();
        app = TestApp.guarded(playtcha, "failure-path", "/failed")
                .servlet("/failed", (request, response) -> {
                    response.setCharacterEncoding("UTF-8");
                    response.getWriter()
                            .print(request.getAttribute("playtcha.title") + " "
                                    + request.getAttribute("playtcha.detail") + " "
                                    + request.getAttribute("playtcha.language"));
                })
                .start();

        HttpResponse<String> answer = app.signUp("invalid-1", "Accept", "text/html", "Accept-Language", "fr");

        assertThat(answer.body())
                .isEqualTo("La vérification humaine a échoué Veuillez effectuer de nouveau la vérification. fr");
        assertThat(app.signUp("expired-1", "Accept", "text/html").body())
                .isEqualTo("The human check was not passed The human check has expired. Please complete it again. en");
        assertThat(answer.headers().allValues("Content-Language")).isEmpty();
        assertThat(answer.headers().allValues("Vary")).containsExactly("Accept, Accept-Language");
    }

    @Test
    void textsOfTheApplicationAreOnItsClassPath(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("playtcha-denials_de.properties"), "rejected.title=Sind Sie ein Mensch?");
        try (URLClassLoader classes = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Services.with(classes, app::start);

            assertThat(app.signUp("invalid-1", "Accept", "application/json", "Accept-Language", "de")
                            .body())
                    .contains("\"title\":\"Sind Sie ein Mensch?\"");
        }
    }
}
