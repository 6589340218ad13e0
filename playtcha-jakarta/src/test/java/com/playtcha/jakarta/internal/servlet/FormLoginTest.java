package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 5: Tomcat and Jetty answer the form login before any filter. */
class FormLoginTest {
    private static final EnumSet<DispatcherType> REQUEST = EnumSet.of(DispatcherType.REQUEST);

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TomcatApp app = new TomcatApp().initialized();

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/j_security_check", "/login/j_security_check"})
    void aPatternForItIsAProblemThatSaysWhatToDo(String pattern) {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.INFO)) {
            app.filter("login", TestApp.params(playtcha), REQUEST, "/signup", pattern)
                    .start();
            assertThat(app.isDeployed()).isFalse();
            assertThat(String.join("\n", log.lines()))
                    .contains(
                            "PLAYTCHA-0055: filter 'login' is mapped to " + pattern + ", but Apache Tomcat/",
                            "request.login",
                            "Guard a log-in");
        }
    }

    @Test
    void aPatternOfTheSettingsIsOneToo() {
        TestApp.params(playtcha, "url-patterns", "/j_security_check")
                .forEach((key, value) -> app.context().addParameter("playtcha." + key, value));
        app.start();
        assertThat(app.isDeployed()).isFalse();
    }

    /** Jetty knows the mappings of web.xml only after it ran the initializer. */
    @Test
    void onJettyAPatternOfWebXmlIsOneToo(@TempDir Path war) throws Exception {
        Path webXml = war.resolve("WEB-INF/web.xml");
        Files.createDirectories(webXml.getParent());
        Files.writeString(webXml, """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                  <filter>
                    <filter-name>login</filter-name>
                    <filter-class>com.playtcha.jakarta.servlet.PlaytchaFilter</filter-class>
                    <async-supported>true</async-supported>
                  </filter>
                  <filter-mapping>
                    <filter-name>login</filter-name>
                    <url-pattern>/j_security_check</url-pattern>
                  </filter-mapping>
                </web-app>
                """);
        WebAppContext context = new WebAppContext(war.toString(), "/app");
        context.addServletContainerInitializer(new PlaytchaInitializer());
        TestApp.params(playtcha).forEach((key, value) -> context.setInitParameter("playtcha." + key, value));
        Server server = new Server();
        server.setHandler(context);
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.ERROR)) {
            server.start();
            assertThat(context.isAvailable()).isFalse();
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("PLAYTCHA-0055: filter 'login'", "jetty/");
        } finally {
            server.stop();
        }
    }
}
