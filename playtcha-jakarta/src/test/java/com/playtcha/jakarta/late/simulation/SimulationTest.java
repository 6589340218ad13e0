package com.playtcha.jakarta.late.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first seeds of the simulation; profile {@code simulation} runs thousands. */
class SimulationTest {
    private static final int SEEDS = 100;

    @TempDir
    private Path directory;

    @Test
    void whateverHappensToSeveralNodesNothingIsLostOrHasEffectTwice() throws Exception {
        SimulationHarness harness = new SimulationHarness();

        harness.run(1, SEEDS, 2);

        assertThat(harness.failed())
                .as(harness.failed().stream()
                        .limit(1)
                        .map(SimulationHarness::describe)
                        .collect(Collectors.joining()))
                .isEmpty();
        assertThat(harness.counts())
                .containsKeys(
                        "acknowledged",
                        "answer to a commit lost",
                        "commit arrives late",
                        "commit never arrives",
                        "handler throws",
                        "item DEAD_LETTER",
                        "item DELIVERED",
                        "item DISCARDED",
                        "item EXPIRED",
                        "kill",
                        "stop",
                        "verdict lost");
    }

    @Test
    void aSeedAlwaysTakesTheSameCourse() throws Exception {
        Level before = SimulationHarness.setLogLevel(Level.OFF);
        try (JsonWriter writer = new JsonWriter()) {
            ResultText results = new ResultText(new StrictJson(), writer);
            try (SimulatedDatabase database = new SimulatedDatabase(results)) {
                for (long seed = 1; seed <= 5; seed++) {
                    Simulation.Report first = Simulation.run(seed, database, results, directory);
                    Simulation.Report second = Simulation.run(seed, database, results, directory);

                    assertThat(second.events()).isEqualTo(first.events());
                }
            }
        } finally {
            SimulationHarness.setLogLevel(before);
        }
    }
}
