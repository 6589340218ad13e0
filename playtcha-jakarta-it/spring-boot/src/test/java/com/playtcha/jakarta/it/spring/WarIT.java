package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A WAR on a Tomcat of its own, where the container runs our initializer as well as Spring's, in either order. */
@ExtendWith(OutputCaptureExtension.class)
class WarIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

    private final LibraryThreads threads = new LibraryThreads();

    @TempDir
    Path folder;

    @BeforeAll
    static void settings() {
        PLAYTCHA.properties().forEach(System::setProperty);
    }

    @AfterAll
    static void stop() {
        PLAYTCHA.properties().keySet().forEach(System::clearProperty);
        PLAYTCHA.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers(Feature.SETTINGS)
    void guardsOnceWhateverInitializerRunsFirst(boolean oursFirst, CapturedOutput log) throws Exception {
        Tomcat tomcat = tomcat("""
                playtcha:
                  url-patterns: /signup
                """, oursFirst);
        try {
            tomcat.start();
            assertThat(post(tomcat, "playtcha-response=ok-" + oursFirst).body()).startsWith("VERIFIED");
            HttpResponse<String> denied = post(tomcat, "");
            assertThat(denied.statusCode()).isEqualTo(400);
            assertThat(denied.body()).as("the application's error page").containsAnyOf("Whitelabel", "Not now");
            assertThat(PLAYTCHA.requests())
                    .filteredOn(request -> request.token().equals("ok-" + oursFirst))
                    .hasSize(1);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }

        assertThat(log).doesNotContain("guards nothing").doesNotContain("registered already");
        assertThat(log.getAll().split("Filter playtcha guards", -1)).hasSize(2);
        threads.assertNoneIsLeft();
    }

    @Test
    @Covers(Feature.SETTINGS)
    void isGuardedWhereSpringBootIsPresentAndDoesNotStart(CapturedOutput log) throws Exception {
        Tomcat tomcat = tomcat("", true);
        Files.delete(application());
        Context context = (Context) tomcat.getHost().findChildren()[0];
        context.addParameter("playtcha.url-patterns", "/signup");
        try {
            tomcat.start();
            assertThat(context.getState().isAvailable()).isTrue();
            assertThat(post(tomcat, "").statusCode()).isEqualTo(400);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }

        assertThat(log).contains("Filter playtcha guards").doesNotContain("guards nothing");
        assertThat(context.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE))
                .isNull();
        threads.assertNoneIsLeft();
    }

    @Test
    @Covers(Feature.WRONG_SETTINGS)
    void wrongSettingsRefuseTheWar(CapturedOutput log) throws Exception {
        Tomcat tomcat = tomcat("playtcha:\n  url-patterns: /signup\n  timeout: soon\n", true);
        try {
            assertThatThrownBy(tomcat::start).hasRootCauseInstanceOf(PlaytchaConfigurationException.class);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }

        assertThat(log).contains("APPLICATION FAILED TO START", "timeout = \"soon\"", "none.yml");
    }

    /** The class that starts Spring. */
    private Path application() {
        return folder.resolve("app/WEB-INF/classes")
                .resolve(WarApplication.class.getName().replace('.', '/') + ".class");
    }

    private Tomcat tomcat(String yaml, boolean oursFirst) throws Exception {
        Path classes = Files.createDirectories(folder.resolve("app/WEB-INF/classes"));
        Files.writeString(Files.createDirectories(folder.resolve("config")).resolve("none.yml"), yaml);
        Files.createDirectories(application().getParent());
        try (InputStream in = WarApplication.class.getResourceAsStream("WarApplication.class")) {
            Files.write(application(), in.readAllBytes());
        }
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.resolve("tomcat").toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addWebapp("", classes.getParent().getParent().toString());
        context.addParameter(
                "spring.config.location", folder.resolve("config").toUri().toString());
        // Nothing but the initializers is on it.
        ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
        if (oursFirst) {
            context.addServletContainerInitializer(new PlaytchaInitializer(), Set.of());
        }
        return tomcat;
    }

    private static HttpResponse<String> post(Tomcat tomcat, String form) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/signup");
        return OneShotHttp.clientBuilder()
                .build()
                .send(
                        OneShotHttp.request(uri)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header("Accept", "text/html")
                                .POST(HttpRequest.BodyPublishers.ofString(form))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
