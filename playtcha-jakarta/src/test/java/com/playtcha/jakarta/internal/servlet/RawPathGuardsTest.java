package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frameworks that match the path as it was sent, as Spring MVC and Jakarta REST do, take {@code /contact/..} for {@code
 * /contact/{topic}}; the container takes it for {@code /}.
 */
class RawPathGuardsTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TomcatApp app = new TomcatApp().initialized().servlet("/", TestApp::showAttributes);

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private void start(String... settings) {
        TestApp.params(playtcha, settings)
                .forEach((key, value) -> app.context().addParameter("playtcha." + key, value));
        app.start();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/contact/../",
                "/contact/../send",
                "/contact/a/../../z",
                "/contact/%2e%2E/send",
                "/contact/.%2e;a=b/send",
                "/contact;a=b/../send",
                "/%63ontact/../send",
                "/contact//../send"
            })
    void aPathThatNamesAGuardedPrefixIsGuarded(String path) {
        start("url-patterns", "/open/*, /contact/*");
        assertThat(app.post(path, TestApp.FORM, "playtcha-response=invalid-1").statusCode())
                .isEqualTo(403);
        assertThat(app.seen).isEmpty();
        assertThat(app.post(path, TestApp.FORM, "playtcha-response=ok-1").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/other/../send",
                "/contacts/../send",
                "/.well-known/x",
                "/a..b/%41",
                "/contact../x",
                "/api/contact/Jos%C3%A9",
                "/a;b/contact/x"
            })
    void anyOtherPathIsOpen(String path) {
        start("url-patterns", "/contact/*");
        assertThat(app.post(path, TestApp.FORM, "").statusCode()).isEqualTo(200);
    }

    /** Spring's AntPathMatcher decodes the path as it was sent, and leaves out repeated slashes. */
    @ParameterizedTest
    @ValueSource(strings = {"/%2Fsignup", "/%2Fsignup/", "/contact%2Fx", "/%2F/contact/x"})
    void anEncodedSlashHidesNoGuardedPath(String path) {
        app.keepEncodedSlashes();
        start("url-patterns", "/signup, /contact/*");
        assertThat(app.post(path, TestApp.FORM, "").statusCode()).isEqualTo(400);
        assertThat(app.post("/x" + path, TestApp.FORM, "").statusCode()).isEqualTo(200);
        assertThat(app.seen).hasSize(1);
    }

    /** Open Liberty accepts such a Host, and RESTEasy parses it as a part of the URL. Tomcat refuses it, so a valve sets it. */
    @ParameterizedTest
    @ValueSource(strings = {"x/app/contact/send?", "x/signup?", "x/signup#", "x/%63ontact;a=b/send?", "x/contact"})
    void aHostWithAPathLeadsAroundNoGuard(String host) {
        app.context().getPipeline().addValve(new ValveBase(true) {
            @Override
            public void invoke(Request request, Response response) throws IOException, ServletException {
                request.getCoyoteRequest().serverName().setString(host);
                getNext().invoke(request, response);
            }
        });
        start("url-patterns", "/contact/*, /signup");
        assertThat(app.post("/open", TestApp.FORM, "").statusCode()).isEqualTo(400);
        assertThat(app.seen).isEmpty();
        assertThat(app.send(app.request("/open").GET()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Host: x/app/contact/send?",
                "Forwarded: for=192.0.2.1;host=\"x/app/contact/send?\"",
                "X-Forwarded-Proto: http://x/app/contact/send?",
                "X-Forwarded-Host: x/contact, y",
                "X-Forwarded-Host: https://x/contact",
                "Forwarded: host=x/contact,for=192.0.2.1",
                "X-Forwarded-Prefix: /contact/send?",
                "X-Forwarded-Prefix: /contact;a",
                "X-Forwarded-Prefix: /contact/.."
            })
    void neitherDoesOneOfAProxy(String header) {
        start("url-patterns", "/contact/*");
        String[] parts = header.split(": ");
        assertThat(app.post("/open", TestApp.FORM, "", parts[0], parts[1]).statusCode())
                .isEqualTo(400);
        assertThat(app.seen).isEmpty();
    }

    @Test
    void usualHeadersOfAProxyGuardNothing() {
        start("url-patterns", "/contact/*");
        assertThat(app.post(
                                "/open",
                                TestApp.FORM,
                                "",
                                "X-Forwarded-Host",
                                "https://a.example:8443/",
                                "X-Forwarded-Proto",
                                "https, http",
                                "X-Forwarded-Prefix",
                                "/shop/v1.2, /~a_b/http:x:80@(c)",
                                "Forwarded",
                                "for=\"[2001:db8::1]:4711\";proto=https;host=a.example, for=_hidden")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void theSettingsOfTheGuardHold() {
        start("guards", "a", "guards.a.url-patterns", "/contact/*", "guards.a.mode", "monitor");
        assertThat(app.post("/contact/../send", TestApp.FORM, "").statusCode()).isEqualTo(200);
        assertThat(app.send(app.request("/contact/../send").GET()).statusCode()).isEqualTo(200);
    }
}
