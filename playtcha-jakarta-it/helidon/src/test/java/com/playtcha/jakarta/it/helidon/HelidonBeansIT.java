package com.playtcha.jakarta.it.helidon;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.standalone.BeansContract;
import com.playtcha.jakarta.it.standalone.StandaloneProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Guarded beans on Helidon MP. */
@Covers(Feature.INJECTION)
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "Helidon 4 needs Java 21")
class HelidonBeansIT implements Helidon, BeansContract {
    private static StandaloneProcess process;
    private static DeployedApplication application;

    @BeforeAll
    static void begin() throws Exception {
        process = new Helidon() {}.start();
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
}
