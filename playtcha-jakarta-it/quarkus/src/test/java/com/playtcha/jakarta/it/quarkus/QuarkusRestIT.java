package com.playtcha.jakarta.it.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.contract.RestResourceContract;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.it.standalone.StandaloneProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Guarded resources on Quarkus. */
@Covers(Feature.REST)
class QuarkusRestIT implements QuarkusServer, RestResourceContract {
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
    void guardNeverWaitsOnTheEventLoopAndSaysWhatToDo() {
        long mark = application.log().mark();

        TestResponse answer =
                app().post("/api/event-loop").token(StandIns.token("ok")).send();

        assertThat(answer.status()).as("%s", answer).isEqualTo(500);
        assertThat(answer.text()).doesNotContain("reached");
        assertThat(StandIns.STEADY.requestCount()).isZero();
        assertThat(application.log().since(mark)).contains("event loop", "@Blocking");
    }
}
