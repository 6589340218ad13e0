package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.InjectionWar;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.StandIns;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 4: a place in code makes its guard's settings required, whatever starts first, CDI or the servlet container. */
@Covers(Feature.SETTINGS_OF_BEANS)
public interface InjectionDeploymentContract {

    /** Deploys into a running server; throws what refuses it. */
    DeployedApplication deploy(InjectionWar war) throws Exception;

    /** Ends it; does nothing for one that was refused. */
    void undeploy(InjectionWar war) throws Exception;

    /** Whether the server gives up an application that CDI refuses; one that does not deploys it regardless. */
    default boolean refusesDeployment() {
        return true;
    }

    /** Looks whether an application that was refused answers all the same; a server of its own has gone with it. */
    default void assertServesNothing(InjectionWar war) {}

    /** The server's log. */
    ServerLog log();

    /** Every test begins with stand-ins that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    @Test
    default void settingsOfWebXmlAreThoseOfInjectedVerifiersToo() throws Exception {
        long mark = log().mark();
        DeployedApplication app = deploy(InjectionWar.BY_CONTEXT_PARAMS);
        try {
            Map<String, String> verified = app.get("/free/verify?guard=signup&token=" + StandIns.token("db-error"))
                    .send()
                    .report();
            assertThat(verified).containsEntry("verified.allowed", "false");
            assertThat(app.get("/free/open?token=" + StandIns.token("ok"))
                            .send()
                            .report())
                    .containsEntry("result", "done");
            assertThat(app.post("/guarded/without-token")
                            .token(StandIns.token("ok"))
                            .send()
                            .report())
                    .containsEntry("result", "done");
            assertThat(log().since(mark))
                    .containsPattern("(?m)^.*INFO.*Guard default is used by .*Verifiers.standard.*fail-closed=false.*$")
                    .containsPattern("(?m)^.*INFO.*Guard signup is used by .*SignUp.closed.*fail-closed=true.*$")
                    .containsPattern("(?m)^.*INFO.*Filter of-web-xml guards .*$")
                    .doesNotContain(StandIns.STEADY.secret());
        } finally {
            undeploy(InjectionWar.BY_CONTEXT_PARAMS);
        }
    }

    @Test
    default void injectedVerifierWithoutSettingsRefusesTheApplication() throws Exception {
        assertThat(refused(InjectionWar.VERIFIER_WITHOUT_SETTINGS))
                .contains(
                        "base-url is not set",
                        "secret",
                        "field com.playtcha.jakarta.it.cdionly.InjectsVerifier.verifier");
    }

    @Test
    default void guardThatIsNotDeclaredRefusesTheApplication() throws Exception {
        assertThat(refused(InjectionWar.UNDECLARED_GUARD))
                .contains("guard 'signup'", "method com.playtcha.jakarta.it.cdionly.IsGuarded.run", "is not declared");
    }

    @Test
    default void wrongSettingsOfAGuardedMethodRefuseTheApplicationAndAreAllListed() throws Exception {
        assertThat(refused(InjectionWar.WRONG_SETTINGS))
                .contains("2 problems", "playtcha.tiemout", "maybe", "playtcha.guards.signup.mode");
    }

    private String refused(InjectionWar war) throws Exception {
        long mark = log().mark();
        Throwable refusal = catchThrowable(() -> deploy(war));
        try {
            if (refusesDeployment()) {
                assertThat(refusal).as("%s must not be deployed", war).isNotNull();
            }
            assertServesNothing(war);
        } finally {
            undeploy(war);
        }
        return log().since(mark);
    }
}
