package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import org.junit.jupiter.api.Test;

/** Sections 1 and 4: {@code PLAYTCHA_FAIL_CLOSED=1} in the environment, and nothing else said of it. */
@Covers(Feature.ENVIRONMENT)
public interface EnvironmentContract {

    /** {@code POLICY_FROM_OUTSIDE}, in a server with that environment. */
    DeployedApplication app();

    @Test
    default void failClosedComesFromTheEnvironment() {
        assertThat(app().post("/guarded/echo")
                        .token(StandIns.token("db-error"))
                        .send()
                        .status())
                .isEqualTo(503);
        Expect.allowed(app().post("/guarded/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
    }
}
