package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import org.junit.jupiter.api.Test;

/** Sections 1 and 4: {@code PLAYTCHA_GUARDS_OUTSIDE_FAIL_CLOSED=1} in the environment, where the build sets it. */
@Covers(Feature.ENVIRONMENT)
public interface EnvironmentContract {

    /** The deployed {@code POLICY_FROM_OUTSIDE}. */
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
