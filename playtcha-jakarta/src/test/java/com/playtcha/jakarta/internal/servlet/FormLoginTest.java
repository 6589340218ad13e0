package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 5: the form login of Tomcat is answered by a valve, before any filter. */
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
}
