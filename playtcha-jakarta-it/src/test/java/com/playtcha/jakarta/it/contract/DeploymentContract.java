package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.StandIns;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections 4 and 5: settings without a filter in web.xml, wrong settings, and none at all. */
public interface DeploymentContract {

    /** Deploys into a running server; throws what refuses it. */
    DeployedApplication deploy(SmallWar war) throws Exception;

    /** Ends it; does nothing for one that was refused. */
    void undeploy(SmallWar war) throws Exception;

    /** Whether the server gives up an application whose initializer fails; one that does not deploys it regardless. */
    default boolean refusesDeployment() {
        return true;
    }

    /** Looks whether an application that was refused answers all the same; a server of its own has gone with it. */
    default void assertServesNothing(SmallWar war) {}

    /** The server's log. */
    ServerLog log();

    /** Every test begins with stand-ins that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    @Test
    @Covers(Feature.SETTINGS)
    default void contextParamsAloneRegisterTheFilter() throws Exception {
        DeployedApplication app = deploy(SmallWar.SELF_REGISTERED);
        try {
            Expect.allowed(app.post("/guarded/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
            assertThat(app.post("/guarded/echo").send().status()).isEqualTo(400);
            assertThat(app.post("/guarded/echo").token("db-error-1").send().status())
                    .as("fails open by default")
                    .isEqualTo(200);
            assertThat(app.post("/free/echo").send().report()).doesNotContainKey("attribute.playtcha.outcome");
            Expect.allowed(
                    app.post("/guarded/echo?read=listener")
                            .token(StandIns.token("ok"))
                            .body("text/plain", "asynchronous")
                            .send(),
                    "VERIFIED",
                    "success");
        } finally {
            undeploy(SmallWar.SELF_REGISTERED);
        }
    }

    @Test
    @Covers(Feature.SETTINGS)
    default void trailingSlashIsGuardedAndWhatIsLeftOpenIsOneWarning() throws Exception {
        long mark = log().mark();
        DeployedApplication app = deploy(SmallWar.SELF_REGISTERED);
        try {
            // Open Liberty starts the filters, which look, a moment after it has reported the start of the application.
            await().untilAsserted(() -> assertThat(log().since(mark).lines().filter(line -> line.contains("exactly")))
                    .as("before a visitor has come")
                    .singleElement()
                    .asString()
                    .contains("WARN", "Filter playtcha guards /wide exactly", "may serve the same under /wide/*"));
            assertThat(app.post("/wide").send().status()).isEqualTo(400);
            assertThat(app.post("/wide/").send().status()).isEqualTo(400);
            assertThat(app.post("/wide/open").send().status())
                    .as("the warning is true")
                    .isEqualTo(200);
            assertThat(log().since(mark).lines().filter(line -> line.contains("exactly")))
                    .hasSize(1);
        } finally {
            undeploy(SmallWar.SELF_REGISTERED);
        }
    }

    @Test
    @Covers(Feature.SETTINGS)
    default void namedGuardRegistersAFilterOfItsName() throws Exception {
        long mark = log().mark();
        DeployedApplication app = deploy(SmallWar.SELF_REGISTERED_BY_NAME);
        try {
            assertThat(app.post("/guarded/echo")
                            .token(StandIns.token("db-error"))
                            .send()
                            .status())
                    .isEqualTo(503);
            Expect.allowed(app.post("/guarded/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
            assertThat(log().since(mark)).contains("playtcha-signup");
        } finally {
            undeploy(SmallWar.SELF_REGISTERED_BY_NAME);
        }
    }

    @Test
    @Covers(Feature.WEB_XML)
    default void startUpLineHasTheEffectiveSettingsAndHidesTheSecret() throws Exception {
        long mark = log().mark();
        deploy(SmallWar.WITHOUT_ASYNC);
        try {
            assertThat(log().since(mark))
                    .containsPattern("(?m)^.*INFO.*signup.* guards .*base-url="
                            + Pattern.quote(StandIns.STEADY.baseUrl().toString()) + ".*fail-closed=false.*$")
                    .doesNotContain(StandIns.STEADY.secret());
        } finally {
            undeploy(SmallWar.WITHOUT_ASYNC);
        }
    }

    @Test
    @Covers(Feature.SETTINGS)
    default void jarThatGuardsNothingSaysSoOnceAndHarmsNobody() throws Exception {
        long mark = log().mark();
        DeployedApplication app = deploy(SmallWar.GUARDS_NOTHING);
        try {
            assertThat(app.post("/guarded/echo").send().status()).isEqualTo(200);
            assertThat(log().since(mark).lines().filter(line -> line.contains("com.playtcha")))
                    .singleElement()
                    .asString()
                    .contains("WARN", "guards nothing");
        } finally {
            undeploy(SmallWar.GUARDS_NOTHING);
        }
    }

    @Test
    @Covers(Feature.WEB_XML)
    default void filterWithoutAMappingIsOneWarning() throws Exception {
        long mark = log().mark();
        DeployedApplication app = deploy(SmallWar.UNMAPPED);
        try {
            assertThat(app.post("/guarded/echo").send().status())
                    .as("the warning is true")
                    .isEqualTo(200);
            assertThat(log().since(mark).lines().filter(line -> line.contains("WARN")))
                    .filteredOn(line -> line.contains("com.playtcha"))
                    .singleElement()
                    .asString()
                    .contains("Filter signup has no filter-mapping");
        } finally {
            undeploy(SmallWar.UNMAPPED);
        }
    }

    @Test
    @Covers(Feature.WRONG_SETTINGS)
    default void wrongSettingsRefuseTheApplicationAndAreAllListed() throws Exception {
        String log = refused(SmallWar.WRONG_SETTINGS);

        assertThat(log)
                .contains("5 problems", "playtcha.secrt", "playtcha.secret")
                .contains("http://captcha.example", "allow-http")
                .contains("timeout", "fail-close", "fail-closed", "maybe", "monitor")
                .contains("'signup'")
                .doesNotContain(SmallWar.SECRET);
        assertThat(log.lines().filter(line -> line.contains("http://captcha.example")))
                .as("each problem is printed once")
                .hasSize(1);
    }

    @Test
    @Covers(Feature.WRONG_SETTINGS)
    default void filterWithoutSettingsRefusesTheApplication() throws Exception {
        assertThat(refused(SmallWar.NO_SETTINGS)).contains("base-url is not set", "secret");
    }

    @Test
    @Covers(Feature.WRONG_SETTINGS)
    default void takenFilterNameRefusesTheApplication() throws Exception {
        assertThat(refused(SmallWar.NAME_TAKEN)).contains("'playtcha'", "url-patterns");
    }

    private String refused(SmallWar war) throws Exception {
        long mark = log().mark();
        Throwable refusal = catchThrowable(() -> deploy(war));
        try {
            if (refusesDeployment()) {
                assertThat(refusal).as("%s must not be deployed", war).isNotNull();
            } else {
                assertThat(refusal).isNull();
            }
            assertServesNothing(war);
        } finally {
            undeploy(war);
        }
        return log().since(mark);
    }

    @Test
    @Covers(Feature.WEB_XML)
    default void filterWithoutAsyncSupportIsWarnedOf() throws Exception {
        DeployedApplication app = deploy(SmallWar.WITHOUT_ASYNC);
        try {
            long mark = log().mark();
            Expect.allowed(app.post("/guarded/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
            assertThat(log().since(mark)).containsPattern("(?m)^.*WARN.*async-supported.*$");
        } finally {
            undeploy(SmallWar.WITHOUT_ASYNC);
        }
    }

    @Test
    @Covers(Feature.MICROPROFILE_CONFIG)
    default void microProfileConfigIsASource() throws Exception {
        DeployedApplication app = deploy(SmallWar.MICROPROFILE);
        try {
            Expect.allowed(
                    app.post("/guarded/echo")
                            .form("from-file", StandIns.token("ok"))
                            .send(),
                    "VERIFIED",
                    "success");
            assertThat(app.post("/guarded/echo")
                            .token(StandIns.token("db-error"))
                            .send()
                            .status())
                    .isEqualTo(503);
        } finally {
            undeploy(SmallWar.MICROPROFILE);
        }
    }

    @Test
    @Covers(Feature.MICROPROFILE_CONFIG)
    default void unknownKeyInMicroProfileConfigRefusesTheApplication() throws Exception {
        assertThat(refused(SmallWar.MICROPROFILE_WRONG)).contains("playtcha.tiemout", "playtcha.timeout");
    }
}
