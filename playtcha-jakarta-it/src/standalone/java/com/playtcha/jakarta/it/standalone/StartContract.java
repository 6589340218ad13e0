package com.playtcha.jakarta.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Section 4: settings come from a file and the environment alone, and wrong ones let nothing start. */
public interface StartContract extends Standalone {

    @Covers(Feature.WRONG_SETTINGS)
    @Test
    default void missingSettingsLetNothingStart() throws Exception {
        assertThat(refused(Map.of())).contains("base-url is not set", "secret");
    }

    @Covers(Feature.WRONG_SETTINGS)
    @Test
    default void wrongSettingsLetNothingStartAndAreAllNamedInOneMessage() throws Exception {
        String log = refused(Map.of(
                "PLAYTCHA_BASE_URL",
                StandIns.STEADY.baseUrl().toString(),
                "PLAYTCHA_SECRET",
                StandIns.STEADY.secret(),
                "PLAYTCHA_FAIL_CLOSED",
                "maybe",
                "PLAYTCHA_MAX_CONCURRENT",
                "many"));

        List<String> lines = log.lines().toList();
        assertThat(lines).anyMatch(line -> line.contains("fail-closed") && line.contains("maybe"));
        assertThat(lines).anyMatch(line -> line.contains("max-concurrent") && line.contains("many"));
        assertThat(log).doesNotContain(StandIns.STEADY.secret());
    }

    @Covers(Feature.WRONG_SETTINGS)
    @Test
    default void guardThatOnlyCodeNamesHasToBeDeclared() throws Exception {
        assertThat(refused(Map.of(
                        "PLAYTCHA_BASE_URL", StandIns.STEADY.baseUrl().toString(),
                        "PLAYTCHA_SECRET", StandIns.STEADY.secret(),
                        "PLAYTCHA_GUARDS", "json,monitor")))
                .contains("'closed'", "playtcha.guards");
    }

    @Covers(Feature.ENVIRONMENT)
    @Test
    default void environmentDecides() throws Exception {
        try (StandaloneProcess process = start(Map.of(
                "PLAYTCHA_BASE_URL", StandIns.STEADY.baseUrl().toString(),
                "PLAYTCHA_SECRET", StandIns.STEADY.secret(),
                "PLAYTCHA_FAIL_CLOSED", "1"))) {
            DeployedApplication app = process.application();

            assertThat(app.post("/api/guards/open")
                            .token(StandIns.token("db-error"))
                            .send()
                            .status())
                    .isEqualTo(503);
        }
    }

    @Covers(Feature.UNDEPLOY)
    @Test
    default void stoppingEndsEveryThread() throws Exception {
        try (StandaloneProcess process = start()) {
            DeployedApplication app = process.application();
            assertThat(app.post("/api/guards/open")
                            .token(StandIns.token("ok"))
                            .send()
                            .status())
                    .isEqualTo(200);
            assertThat(app.get("/api/threads").send().text()).contains("playtcha-");

            assertThat(process.stop()).isEqualTo("[]");
        }
    }

    private String refused(Map<String, String> settings) throws Exception {
        try (StandaloneProcess process = start(settings)) {
            assertThat(process.awaitEnd()).as("%s", process.log().all()).isNotZero();
            assertThat(process.log().all()).doesNotContain(" threads left: ");
            return process.log().all();
        }
    }
}
