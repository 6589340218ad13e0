package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.Browser;
import com.playtcha.jakarta.it.server.FacesWar;
import com.playtcha.jakarta.it.server.StandIns;
import java.net.URL;
import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5, denials of Ajax requests: Mojarra in WildFly, MyFaces in Tomcat, and PrimeFaces on both, in Chromium. */
@Tag("wildfly")
@Tag("tomcat")
@Covers(Feature.FACES)
@ExtendWith(ArquillianExtension.class)
class ArquillianFacesIT {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private static @Nullable Browser browser;

    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return FacesWar.forServer(ManagedServer.current().has(ManagedServer.Trait.HAS_PLATFORM));
    }

    @BeforeAll
    static void start() {
        if (!Browser.isInstalled()) {
            System.out.println("Chromium or its driver is not installed: Faces was not tested in a browser.");
        }
        assumeTrue(Browser.isInstalled(), "Chromium and chromedriver are installed");
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    /** Opens a form and sends it. */
    private Browser send(String page, String token) {
        Browser opened = browser;
        assertThat(opened).isNotNull();
        opened.open(url + page);
        opened.type("text", "Zoë");
        if (!token.isEmpty()) {
            opened.type("token", token);
        }
        opened.click("send");
        return opened;
    }

    private static String text(Browser opened, String id) {
        return opened.evaluate("document.getElementById('" + id + "').textContent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"faces.xhtml", "prime.xhtml", "file.xhtml"})
    void aDenialIsShownAndTheVisitorsFieldsStay(String page) {
        Browser opened = send(page, "");

        await().atMost(AT_MOST).until(() -> !text(opened, "denied").isEmpty());
        assertThat(text(opened, "denied")).startsWith("The human check is missing\nPlease complete the human check");
        assertThat(opened.evaluate("document.getElementById('text').value")).isEqualTo("Zoë");
        assertThat(text(opened, "sent")).isEmpty();

        opened.type("token", StandIns.token("ok"));
        opened.click("send");

        await().atMost(AT_MOST).until(() -> text(opened, "sent").equals("sent: Zoë"));
        assertThat(text(opened, "denied")).isEmpty();
        // The widget runs again after each request, and not before its token was sent.
        await().atMost(AT_MOST)
                .until(() -> opened.evaluate("document.getElementById('token').value")
                        .isEmpty());
    }

    /** MyFaces has the text of the exception in its response. */
    @ParameterizedTest
    @ValueSource(strings = {"faces.xhtml", "prime.xhtml", "file.xhtml"})
    void anErrorOfTheApplicationIsNotShownAsADenial(String page) {
        Browser opened = browser;
        assertThat(opened).isNotNull();
        opened.open(url + page);
        opened.type("text", "fail");
        opened.type("token", StandIns.token("ok"));
        opened.click("send");

        await().atMost(AT_MOST).until(() -> !text(opened, "denied").isEmpty());
        assertThat(text(opened, "denied")).isEqualTo("That did not work. Please reload the page and try again.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"faces.xhtml", "prime.xhtml", "file.xhtml"})
    void aRefusedTokenIsShown(String page) {
        Browser opened = send(page, StandIns.token("expired"));

        await().atMost(AT_MOST).until(() -> text(opened, "denied").contains("has expired"));
        assertThat(text(opened, "sent")).isEmpty();
    }

    /** By the condition with which PrimeFaces keeps it open after a mistake in the form. */
    @ParameterizedTest
    @CsvSource({"expired, open", "ok, closed"})
    void aDialogClosesOnlyAfterAFormThatWasAllowed(String token, String dialog) {
        Browser opened = send("prime.xhtml", StandIns.token(token));

        await().atMost(AT_MOST).until(() -> dialog.equals(opened.evaluate("document.body.dataset.dialog || ''")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"faces-moved.xhtml", "prime-moved.xhtml", "file-moved.xhtml"})
    void aFailurePathIsWhereTheBrowserGoes(String page) {
        Browser opened = send(page, StandIns.token("invalid"));

        // The driver evaluates nothing in a page that is being left.
        await().atMost(AT_MOST)
                .ignoreExceptionsInstanceOf(IllegalStateException.class)
                .until(() -> opened.evaluate("document.title").equals("Denied"));
        assertThat(opened.evaluate("location.href")).isEqualTo(url + "denied.html");
    }

    @ParameterizedTest
    @ValueSource(strings = {"faces-moved.xhtml", "prime-moved.xhtml", "file-moved.xhtml"})
    void anAllowedRequestReachesThePage(String page) {
        Browser opened = send(page, StandIns.token("ok"));

        await().atMost(AT_MOST).until(() -> text(opened, "sent").equals("sent: Zoë"));
    }
}
