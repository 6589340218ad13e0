package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.servlet.DispatcherType;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.CDATASection;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Contract, section 5: the scripts of Faces read a partial response with status 200 and nothing else. */
class FacesDenialTest {
    private static final String[] AJAX = {"Faces-Request", "partial/ajax", "Accept", "application/xml, */*;q=0.1"};

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final AtomicReference<Object> decided = new AtomicReference<>();
    private final TomcatApp app = new TomcatApp().initialized();

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private void start(String... settings) {
        app.context().addApplicationListener(Recorder.class.getName());
        app.context().getServletContext().setAttribute(Recorder.class.getName(), decided);
        app.servlet("/form.xhtml", (request, response) -> response.getWriter().print("submitted"))
                .servlet(
                        "/denied.xhtml",
                        (request, response) -> response.getWriter().print(request.getMethod()))
                .filter(
                        "playtcha",
                        TestApp.params(playtcha, settings),
                        EnumSet.of(DispatcherType.REQUEST),
                        "/form.xhtml")
                .start();
    }

    /** Keeps the decision of the last request, as a listener of the application sees it. */
    public static final class Recorder implements jakarta.servlet.ServletRequestListener {
        @Override
        @SuppressWarnings("unchecked")
        public void requestDestroyed(jakarta.servlet.ServletRequestEvent event) {
            ((AtomicReference<Object>) event.getServletContext().getAttribute(Recorder.class.getName()))
                    .set(event.getServletRequest().getAttribute("playtcha"));
        }
    }

    private HttpResponse<String> submit(String token, String... headers) {
        return app.post(
                "/form.xhtml", TestApp.FORM, "form=form&name=Ann&playtcha-response=" + TestApp.encoded(token), headers);
    }

    private static Document parse(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/xml;charset=UTF-8");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(answer.body())));
        assertThat(document.getDocumentElement().getNodeName()).isEqualTo("partial-response");
        return document;
    }

    private static String text(Document document, String element) {
        return document.getElementsByTagName(element).item(0).getTextContent();
    }

    @ParameterizedTest
    @CsvSource({
        "'', token_missing, The human check is missing, NO_TOKEN",
        "expired-1, token_expired, The human check was not passed, REJECTED",
        "bad-secret-1, configuration, The human check is not set up correctly, REJECTED",
        "rate-limited-5-x, rate_limited_ip, The human check is not available right now, THROTTLED"
    })
    void withoutAFailurePathItIsAnErrorWithCodeAndText(String token, String code, String title, String outcome)
            throws Exception {
        start();
        Document document = parse(submit(token, AJAX));
        assertThat(document.getDocumentElement().getFirstChild().getNodeName()).isEqualTo("error");
        assertThat(text(document, "error-name")).isEqualTo(code);
        assertThat(document.getElementsByTagName("error-message").item(0).getFirstChild())
                .as("all that MyFaces reads")
                .isInstanceOf(CDATASection.class);
        assertThat(text(document, "error-message")).startsWith(title + "\n").hasSizeGreaterThan(title.length() + 10);
        assertThat(app.seen).isEmpty();
        assertThat(decided.get())
                .isInstanceOfSatisfying(
                        Verification.class,
                        verification -> assertThat(verification.getOutcome()).hasToString(outcome));
    }

    @Test
    void theTextIsInTheVisitorsLanguage() throws Exception {
        start();
        HttpResponse<String> answer =
                submit("", "Faces-Request", "partial/ajax", "Accept", "*/*", "Accept-Language", "de");
        assertThat(text(parse(answer), "error-message")).contains("Sicherheitsprüfung");
        assertThat(answer.headers().firstValue("Content-Language")).hasValue("de");
    }

    @Test
    void aFailurePathIsARedirectAndThePageRunsForTheNextRequestOnly() throws Exception {
        start("failure-path", "/denied.xhtml?from=form&by=playtcha");
        Document document = parse(submit("expired-1", AJAX));
        assertThat(document.getDocumentElement().getFirstChild().getNodeName()).isEqualTo("redirect");
        assertThat(document.getElementsByTagName("redirect")
                        .item(0)
                        .getAttributes()
                        .getNamedItem("url")
                        .getNodeValue())
                .isEqualTo("/app/denied.xhtml?from=form&by=playtcha");
        assertThat(app.seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/WEB-INF/denied.jsp", "/nowhere"})
    void aPageThatNoBrowserCanOpenIsNoRedirect(String path) throws Exception {
        app.context().removeServletMapping("/");
        start("failure-path", path);
        assertThat(text(parse(submit("expired-1", AJAX)), "error-name")).isEqualTo("token_expired");
    }

    @Test
    void whatComesFromPlaytchaIsEscapedAndNeverBreaksTheDocument() throws Exception {
        start();
        playtcha.script(Reply.error(401, "</error-name><![CDATA[&\u0001\uFFFE\uD83D", "no"));
        assertThat(text(parse(submit("ok-1", AJAX)), "error-name")).startsWith("</error-name><![CDATA[&\uFFFD");
    }

    /** Mojarra sends a form with files by a hidden frame, which has no header. */
    @ParameterizedTest
    @CsvSource({"'', error", "/denied.xhtml, redirect"})
    void aFormWithFilesSaysInAFieldThatAScriptSentIt(String failurePath, String answer) throws Exception {
        app.context().setAllowCasualMultipartParsing(true);
        start("failure-path", failurePath.isEmpty() ? "off" : failurePath);
        Document document = parse(submitParts("partial/ajax"));
        assertThat(document.getDocumentElement().getFirstChild().getNodeName()).isEqualTo(answer);
        assertThat(submitParts("partial/process").statusCode()).isEqualTo(400);
        assertThat(app.seen).doesNotContain("POST /form.xhtml");
    }

    /** The container refuses the parameters, each time they are asked for. */
    @Test
    void aFormWithFilesThatTheContainerRefusesIsDeniedAsEver() {
        app.context().setAllowCasualMultipartParsing(true);
        start();
        assertThat(app.post("/form.xhtml", "multipart/form-data", "no parts").statusCode())
                .isEqualTo(400);
        assertThat(app.seen).isEmpty();
    }

    private HttpResponse<String> submitParts(String facesRequest) {
        return app.post(
                "/form.xhtml",
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"Faces-Request\"\r\n\r\n" + facesRequest
                        + "\r\n--b--\r\n");
    }

    @Test
    void anyOtherRequestIsDeniedAsEver() {
        start("failure-path", "/denied.xhtml");
        assertThat(submit("").statusCode()).isEqualTo(400);
        assertThat(submit("", "Faces-Request", "partial/process").statusCode()).isEqualTo(400);
        assertThat(submit("", "Accept", "application/json").body()).contains("\"token_missing\"");
    }

    @Test
    void anAllowedOneReachesTheApplication() {
        start();
        assertThat(submit("ok-1", AJAX).body()).isEqualTo("submitted");
    }

    /** Mojarra and MyFaces run a form's action for each request that has the view state, whatever the method. */
    @ParameterizedTest
    @CsvSource({
        "GET, jakarta.faces.ViewState=1%3A2&form=form",
        "HEAD, form=form&j_id1%3Ajakarta%2Efaces%2e%56iewState=stateless",
        "OPTIONS, name=Zo%E4&jakarta.faces.ViewState=1"
    })
    void aPostbackWithASafeMethodNeedsAToken(String method, String query) {
        start();
        assertThat(get(method, query).statusCode()).isEqualTo(400);
        assertThat(app.seen).isEmpty();
        assertThat(get(method, query + "&playtcha-response=ok-1").statusCode()).isEqualTo(200);
        assertThat(app.seen).containsExactly(method + " /form.xhtml");
    }

    /** Tomcat has the parts of a GET among its parameters. */
    @Test
    void aPostbackInThePartsOfAGetNeedsAToken() {
        app.context().setAllowCasualMultipartParsing(true);
        start();
        HttpResponse<String> answer = app.send(
                app.request("/form.xhtml")
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .method(
                                "GET",
                                HttpRequest.BodyPublishers.ofString(
                                        "--b\r\nContent-Disposition: form-data; name=\"jakarta.faces.ViewState\"\r\n\r\n1\r\n--b--\r\n")));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(app.seen).isEmpty();
    }

    /** Tomcat decodes the query as the body where it is told to, and the visitor chooses that encoding. */
    @ParameterizedTest
    @CsvSource({
        "IBM037, %91%81%92%81%99%A3%81%4B%86%81%83%85%A2%4B%E5%89%85%A6%E2%A3%81%A3%85=1",
        "ISO-2022-JP, jakarta.faces.%1B(BViewState=1"
    })
    void aPostbackInAnotherEncodingNeedsAToken(String encoding, String query) {
        app.useBodyEncodingForUri();
        start();
        HttpResponse<String> answer =
                app.send(app.request("/form.xhtml?" + query).header("Content-Type", "text/plain;charset=" + encoding));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(app.seen).isEmpty();
    }

    /** Jetty throws for a charset that does not exist. */
    @Test
    void aFormThatTheContainerRefusesIsDeniedAsItIsInAPost() {
        try (TestApp jetty = TestApp.guarded(playtcha).start()) {
            HttpResponse<String> answer = jetty.send(jetty.request("/signup")
                    .header("Content-Type", TestApp.FORM + "; charset=nonsense")
                    .method("GET", HttpRequest.BodyPublishers.ofString("a=b")));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(jetty.seen).isEmpty();
        }
    }

    @Test
    void aForwardWithAQueryOfItsOwnIsAPostbackIfTheVisitorsIsOne() {
        app.servlet(
                        "/start",
                        (request, response) -> request.getRequestDispatcher("/form.xhtml?lang=de")
                                .forward(request, response))
                .filter("forwarded", TestApp.params(playtcha), EnumSet.of(DispatcherType.FORWARD), "/form.xhtml");
        start();
        assertThat(app.send(app.request("/start?jakarta.faces.ViewState=1")).statusCode())
                .isEqualTo(400);
        assertThat(app.seen).containsExactly("GET /start");
    }

    /** An application may choose the encoding of its parameters after the filter. */
    @ParameterizedTest
    @ValueSource(strings = {"name=Zo%C3%AB", "view=jakarta.faces.View"})
    void aPageIsOpenAsEver(String query) {
        start();
        assertThat(get("GET", query).body()).isEqualTo("submitted");
    }

    /** Clients of an API send a content type with a GET, too. Jetty throws for parameters that are not UTF-8. */
    @ParameterizedTest
    @CsvSource({
        "/signup, '', 200",
        "/forward, '', 200",
        "/dispatch, '', 200",
        "/signup, &jakarta.faces.ViewState=1, 400",
        "/forward, &jakarta.faces.ViewState=1, 400",
        "/dispatch, &jakarta.faces.ViewState=1, 400"
    })
    void aPageWhoseParametersTheContainerRefusesIsOpenUnlessItIsAPostback(String path, String query, int status) {
        EnumSet<DispatcherType> all = EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD, DispatcherType.ASYNC);
        try (TestApp jetty = new TestApp()
                .initialized()
                .filter("playtcha", TestApp.params(playtcha), all, "/signup")
                .servlet("/signup", TestApp::showAttributes)
                .servlet(
                        "/forward",
                        (request, response) ->
                                request.getRequestDispatcher("/signup?lang=de").forward(request, response))
                .servlet(
                        "/dispatch", (request, response) -> request.startAsync().dispatch("/signup?lang=de"))
                .start()) {
            assertThat(jetty.send(jetty.request(path + "?name=Zo%E4" + query).header("Content-Type", TestApp.JSON))
                            .statusCode())
                    .isEqualTo(status);
        }
    }

    @Test
    void aPageWithAContentTypeChoosesTheEncodingOfItsParameters() {
        app.useBodyEncodingForUri().servlet("/page", (request, response) -> {
            request.setCharacterEncoding("UTF-8");
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter().print(request.getParameter("name"));
        });
        app.filter("pages", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/page");
        start();
        assertThat(app.send(app.request("/page?name=Zo%C3%AB").header("Content-Type", TestApp.JSON))
                        .body())
                .isEqualTo("Zo\u00eb");
    }

    private HttpResponse<String> get(String method, String query) {
        return app.send(app.request("/form.xhtml?" + query).method(method, HttpRequest.BodyPublishers.noBody()));
    }
}
