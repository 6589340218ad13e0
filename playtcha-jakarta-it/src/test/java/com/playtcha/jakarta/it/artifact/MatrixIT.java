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

/** The table in docs/servers.md: runs of every server, on every JDK, and none that failed. */
@Tag("artifact")
class MatrixIT {
    private static final List<Integer> JDKS = List.of(17, 25);

    @Test
    void theTableHasARowForEveryServerOnEveryJdk() throws IOException {
        assumeThat(System.getProperty("it.matrix.write"))
                .as("a run that writes the table")
                .isEqualTo("false");
        String page = Files.readString(Path.of(System.getProperty("it.servers")));

        assertThat(Matrix.named(page))
                .as("to be renewed by mvn verify -Pall-servers -Dmatrix.write, on each JDK")
                .containsExactlyElementsOf(Stream.of(MatrixServer.values())
                        .flatMap(server -> JDKS.stream().filter(server::runsOn).map(jdk -> server.title() + " " + jdk))
                        .toList());
        assertThat(Matrix.table(page)).doesNotContain("✗");
    }
}
