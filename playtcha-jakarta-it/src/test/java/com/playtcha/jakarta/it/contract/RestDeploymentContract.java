package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.RestWar;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import org.junit.jupiter.api.Test;

/** Section 4: an annotation whose guard cannot work opens nothing, whether its server deploys the application or not. */
@Covers(Feature.REST)
public interface RestDeploymentContract {

    /** Deploys into a running server; throws what refuses it. */
    DeployedApplication deploy(RestWar war, RestImplementation implementation) throws Exception;

    /** Ends it; does nothing for one that was refused. */
    void undeploy(RestWar war, RestImplementation implementation) throws Exception;

    /** Where the applications have Jakarta REST from. */
    RestImplementation implementation();

    /** The server's log. */
    ServerLog log();

    @Test
    default void featureThatIsRegisteredByHandOrTwiceGuardsOnce() throws Exception {
        long mark = log().mark();
        DeployedApplication app = deploy(RestWar.BY_HAND, implementation());
        try {
            for (String path : new String[] {"/twice/guards/closed", "/by-hand/guards/closed"}) {
                Expect.problem(app.post(path).body("text/plain", "body").send(), 400, "token_missing");
                Expect.reached(
                        app.post(path)
                                .body("text/plain", "body")
                                .token(StandIns.token("ok"))
                                .send(),
                        "VERIFIED,true:body");
            }
            assertThat(log().since(mark)).doesNotContain("guards nothing");
            assertThat(log().since(mark).lines().filter(line -> line.contains("are guarded as \"closed\"")))
                    .as("once for each application")
                    .hasSize(2);
        } finally {
            undeploy(RestWar.BY_HAND, implementation());
        }
    }

    @Test
    default void undeclaredGuardOpensNothingAndIsNamed() throws Exception {
        assertThat(opensNothing(RestWar.UNDECLARED)).contains("nowhere", "UndeclaredApplication", "guards");
    }

    @Test
    default void missingSettingsOpenNothingAndAreNamed() throws Exception {
        assertThat(opensNothing(RestWar.UNSET)).contains("base-url is not set", "secret");
    }

    @Test
    default void wrongSettingsOpenNothingAndAreAllNamed() throws Exception {
        assertThat(opensNothing(RestWar.WRONG)).contains("maybe", "monitor", "much");
    }

    private String opensNothing(RestWar war) throws Exception {
        long mark = log().mark();
        DeployedApplication app = null;
        try {
            app = deploy(war, implementation());
        } catch (Exception refused) {
            assertThat(refused).isNotNull();
        }
        try {
            if (app != null) {
                for (String path : new String[] {"open", "closed", "free", "plain", "undeclared", "open"}) {
                    TestResponse answer = app.post("/api/guards/" + path)
                            .body("text/plain", "body")
                            .send();
                    assertThat(answer.status())
                            .as("%s of %s: %s", path, war, answer)
                            .isGreaterThanOrEqualTo(500);
                    assertThat(answer.text()).doesNotContain("reached");
                }
            }
        } finally {
            undeploy(war, implementation());
        }
        return log().since(mark);
    }
}
