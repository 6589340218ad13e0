package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.app.CounterServlet;
import com.playtcha.jakarta.it.app.DispatchServlet;
import com.playtcha.jakarta.it.app.EchoServlet;
import com.playtcha.jakarta.it.app.PageServlet;
import com.playtcha.jakarta.it.challengeapp.VisitorFilter;
import com.playtcha.jakarta.it.challengeapp.WhoServlet;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.util.Map;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * The application that the contract is tested on: one guard for each way of setting it up, told apart by the first part
 * of the path. Whatever path ends in {@code /echo} reports what arrived.
 */
public final class GuardedApplication {
    /** Bytes of a JSON body that {@code /json/*} takes. */
    public static final int MAX_BODY = 2048;

    /** Seconds that whoever is throttled waits at most. */
    public static final int MAX_RETRY_AFTER = 2;

    /** Places of {@code /slow/*}. */
    public static final int PLACES = 12;

    private GuardedApplication() {}

    /** The WAR; its guards ask {@link StandIns}. */
    public static WebArchive war() {
        return war("guarded.war");
    }

    /** The same under another name, which is the context path. */
    public static WebArchive war(String name) {
        return Wars.war(name, webXml())
                .addPackage(WhoServlet.class.getPackage())
                // The tests themselves cannot load the classes of a policy.
                .addAsResource(
                        new StringAsset("com.playtcha.jakarta.it.challengeapp.HeaderPolicy"),
                        "META-INF/services/com.playtcha.jakarta.ChallengePolicy");
    }

    private static WebXml webXml() {
        PlaytchaStandIn main = StandIns.MAIN;
        WebXml xml = new WebXml()
                .contextParam("playtcha.secret", main.secret())
                .contextParam("playtcha.base-url", main.baseUrl())
                // Faults are scripted by the dozen here; a breaker has its own guard.
                .contextParam("playtcha.breaker", false)
                // A busy machine is no fault of Playtcha's.
                .contextParam("playtcha.timeout", "20s")
                .contextParam("playtcha.connect-timeout", "10s")
                .contextParam("playtcha.guards", "login,signup," + String.join(",", ChallengeSettings.GUARDS.keySet()))
                .contextParam("playtcha.guards.signup.fail-closed", "yes")
                .contextParam("playtcha.guards.signup.token-param", "signup-token")
                .contextParam("playtcha.guards.login.token-param", "login-token");
        policies(xml);
        sources(xml);
        modes(xml);
        dispatches(xml);
        challenges(xml);
        return xml.multipartServlet("echo", EchoServlet.class, echoes())
                .servlet(
                        "dispatch",
                        DispatchServlet.class,
                        "/open/*",
                        "/stacked/*",
                        "/plain/*",
                        "/included/*",
                        "/errors/*")
                .servlet("who", WhoServlet.class, "/who/*", "/does/*")
                .servlet("counter", CounterServlet.class, "/counter")
                .servlet("error-page", PageServlet.class, "/error-page")
                .servlet("failure-page", PageServlet.class, "/failure-page")
                .servlet("gone-page", PageServlet.class, Map.of("status", "410"), "/gone-page")
                .errorPage(400, "/error-page")
                .errorPage(403, "/error-page")
                .errorPage(409, "/error-page")
                .errorPage(413, "/error-page")
                .errorPage(500, "/error-page")
                .errorPage(503, "/error-page");
    }

    private static String[] echoes() {
        return new String[] {
            "/open/echo",
            "/closed/echo",
            "/throttled-open/echo",
            "/throttled-closed/echo",
            "/breaker/echo",
            "/down-open/echo",
            "/down-closed/echo",
            "/hasty-open/echo",
            "/hasty-closed/echo",
            "/budget/echo",
            "/proxied-open/echo",
            "/proxied-closed/echo",
            "/loud/echo",
            "/slow/echo",
            "/steady/echo",
            "/custom/echo",
            "/headerless/echo",
            "/json/echo",
            "/short/echo",
            "/monitor/echo",
            "/disabled/echo",
            "/failure/echo",
            "/gone/echo",
            "/signup/echo",
            "/login/echo",
            "/stacked/echo",
            "/policies/echo",
            "/projects/echo",
            "/forwarded/echo",
            "/included/echo",
            "/plain/echo",
            "/posts-too/echo"
        };
    }

    private static void policies(WebXml xml) {
        xml.guard("open").map("open", "/open/*");
        xml.guard("closed", "fail-closed", "true").map("closed", "/closed/*");
        throttled(xml, "throttled-open", StandIns.THROTTLING_OPEN, "false");
        throttled(xml, "throttled-closed", StandIns.THROTTLING_CLOSED, "1");
        xml.guard("breaker", "base-url", StandIns.BROKEN.baseUrl(), "breaker", "true", "fail-closed", "on")
                .map("breaker", "/breaker/*");
        xml.guard("down-open", "base-url", StandIns.DOWN.baseUrl()).map("down-open", "/down-open/*");
        xml.guard("down-closed", "base-url", StandIns.DOWN.baseUrl(), "fail-closed", "true")
                .map("down-closed", "/down-closed/*");
        xml.guard("hasty-open", "timeout", "400ms", "connect-timeout", "300ms").map("hasty-open", "/hasty-open/*");
        xml.guard("hasty-closed", "timeout", "PT0.4S", "connect-timeout", "300ms", "fail-closed", "true")
                .map("hasty-closed", "/hasty-closed/*");
        proxied(xml, "proxied-open", false);
        proxied(xml, "proxied-closed", true);
        // Filters with equal settings are one guard, which says some things once a minute only.
        xml.guard("loud", "max-token-length", "4000").map("loud", "/loud/*");
        xml.guard("budget", "fail-open-per-minute", "3").map("budget", "/budget/*");
        xml.guard("slow", "base-url", StandIns.SLOW.baseUrl(), "max-concurrent", PLACES)
                .map("slow", "/slow/*");
        xml.guard("steady", "base-url", StandIns.STEADY.baseUrl()).map("steady", "/steady/*");
    }

    private static void throttled(WebXml xml, String name, PlaytchaStandIn standIn, String failClosed) {
        xml.guard(
                        name,
                        "base-url",
                        standIn.baseUrl(),
                        "fail-closed",
                        failClosed,
                        "max-retry-after",
                        "PT" + MAX_RETRY_AFTER + "S")
                .map(name, "/" + name + "/*");
    }

    private static void proxied(WebXml xml, String name, boolean failClosed) {
        xml.guard(
                        name,
                        "base-url",
                        "https://playtcha.invalid",
                        "proxy",
                        StandIns.PROXY.uri(),
                        "fail-closed",
                        failClosed)
                .map(name, "/" + name + "/*");
    }

    private static void sources(WebXml xml) {
        xml.guard("custom", "token-param", "captcha", "token-header", "X-Captcha")
                .map("custom", "/custom/*");
        xml.guard("headerless", "token-header", "off").map("headerless", "/headerless/*");
        xml.guard("json", "token-json-pointer", "/form/playtchaToken", "max-body", MAX_BODY)
                .map("json", "/json/*");
        xml.guard("short", "max-token-length", "20").map("short", "/short/*");
    }

    private static void modes(WebXml xml) {
        xml.guard("monitor", "mode", "monitor").map("monitor", "/monitor/*");
        xml.guard("disabled", "enabled", "false").map("disabled", "/disabled/*");
        xml.guard("failure", "failure-path", "/failure-page").map("failure", "/failure/*");
        xml.guard("gone", "failure-path", "/gone-page").map("gone", "/gone/*");
        xml.guard("signup", "guard", "signup").map("signup", "/signup/*");
        xml.guard("login", "guard", "login").map("login", "/login/*");
        xml.guard("posts-too", "safe-methods", "GET, POST").map("posts-too", "/posts-too/*");
    }

    private static void dispatches(WebXml xml) {
        String[] all = {"REQUEST", "FORWARD", "INCLUDE", "ASYNC", "ERROR"};
        xml.guard("stacked").map("stacked", "/stacked/*", all).map("stacked", "/stacked/*");
        xml.guard("stacked-again", "max-token-length", "4001").map("stacked-again", "/stacked/*", all);
        xml.guard("lenient").map("lenient", "/policies/*");
        xml.guard("strict", "fail-closed", "true").map("strict", "/policies/*");
        xml.guard("project", "fail-closed", "true").map("project", "/projects/*");
        xml.guard(
                        "other-project",
                        "base-url",
                        StandIns.OTHER.baseUrl(),
                        "secret",
                        StandIns.OTHER.secret(),
                        "fail-closed",
                        "true")
                .map("other-project", "/projects/*");
        xml.guard("forwarded").map("forwarded", "/forwarded/*", "FORWARD").map("forwarded", "/failure-page", "FORWARD");
        xml.guard("included").map("included", "/included/*", "INCLUDE");
        xml.guard("errors", "fail-closed", "true").map("errors", "/error-page", "ERROR");
    }

    private static void challenges(WebXml xml) {
        xml.filter("visitors", VisitorFilter.class, "/who/*");
        ChallengeSettings.settings().forEach(xml::contextParam);
        ChallengeSettings.GUARDS
                .keySet()
                .forEach(name -> xml.guard("who-" + name, "guard", name).map("who-" + name, "/who/" + name));
    }
}
