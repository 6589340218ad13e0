package com.playtcha.jakarta.it.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.it.standalone.BeansContract;
import com.playtcha.jakarta.it.standalone.StandaloneProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Guarded beans on Quarkus. */
@Covers(Feature.INJECTION)
class QuarkusBeansIT implements QuarkusServer, BeansContract {
    private static StandaloneProcess process;
    private static DeployedApplication application;

    @BeforeAll
    static void begin() throws Exception {
        process = new QuarkusServer() {}.start();
        application = process.application();
    }

    @AfterAll
    static void end() {
        process.close();
    }

    @Override
    public DeployedApplication app() {
        return application;
    }

    @Test
    void readinessCheckIsAmongTheServers() {
        TestResponse answer = app().get("/q/health/ready").send();

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.text()).containsPattern("\"name\": \"playtcha\",\\s*\"status\": \"UP\"");
    }
}
