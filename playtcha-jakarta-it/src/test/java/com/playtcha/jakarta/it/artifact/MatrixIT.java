package com.playtcha.jakarta.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.playtcha.jakarta.it.matrix.Matrix;
import com.playtcha.jakarta.it.matrix.MatrixServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table in README: runs of every server, on every JDK, and none that failed. */
@Tag("artifact")
class MatrixIT {
    private static final List<Integer> JDKS = List.of(17, 25);

    @Test
    void readmeHasARowForEveryServerOnEveryJdk() throws IOException {
        assumeThat(System.getProperty("it.matrix.readme"))
                .as("a run that writes the table")
                .isEqualTo("false");
        String readme = Files.readString(Path.of(System.getProperty("it.readme")));

        assertThat(Matrix.named(readme))
                .as("to be renewed by mvn verify -Pall-servers -Dmatrix.readme, on each JDK")
                .containsExactlyElementsOf(Stream.of(MatrixServer.values())
                        .flatMap(server -> JDKS.stream().filter(server::runsOn).map(jdk -> server.title() + " " + jdk))
                        .toList());
        assertThat(Matrix.table(readme)).doesNotContain("✗");
    }
}
