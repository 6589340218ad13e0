package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract, section 6: no usable token is a line of DEBUG each time, and one of INFO a minute for each reason. */
class NoTokenLogTest {
    @Test
    void theReasonAndWhereWasLookedAreInTheLog() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                TestApp app = TestApp.guarded(playtcha, "token-json-pointer", "/token")
                        .start();
                CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.DEBUG)) {
            app.post("/signup", TestApp.FORM, "name=Ann");
            app.post("/signup", TestApp.FORM, "name=Ben");
            app.post("/signup", TestApp.JSON + ";charset=utf-8", "{\"token\":7}");
            List<String> lines = log.lines();

            String searched = " searched=[header X-Playtcha-Token, parameter playtcha-response, JSON pointer /token,"
                    + " content type ";
            assertThat(lines)
                    .filteredOn(line -> line.startsWith("DEBUG"))
                    .containsExactly(
                            "DEBUG No usable token: guard=default reason=token-absent" + searched
                                    + "application/x-www-form-urlencoded]",
                            "DEBUG No usable token: guard=default reason=token-absent" + searched
                                    + "application/x-www-form-urlencoded]",
                            "DEBUG No usable token: guard=default reason=token-malformed" + searched
                                    + "application/json]");
            assertThat(lines)
                    .filteredOn(line -> line.startsWith("INFO"))
                    .hasSize(2)
                    .allMatch(line -> line.startsWith(
                            "INFO Requests without a usable token are denied: count=1 guard=default reason=token-"))
                    .allMatch(line -> line.contains("docs/troubleshooting.md"));
        }
    }
}
