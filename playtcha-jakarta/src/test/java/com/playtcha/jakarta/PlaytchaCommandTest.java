package com.playtcha.jakarta;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a process, with settings from system properties and the environment. */
class PlaytchaCommandTest {
    @TempDir
    private Path directory;

    private PlaytchaStandIn playtcha;

    @BeforeEach
    void start() {
        playtcha = PlaytchaStandIn.start();
    }

    @AfterEach
    void stop() {
        playtcha.close();
    }

    private record Ended(int status, String out, String err) {}

    private Ended run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath()));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    /** Returns the tests' class path without MicroProfile Config, which would be the source instead. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> !path.contains("microprofile-config"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void settingsOutsideOfAContainerAreExplainedAndUsed() throws Exception {
        Map<String, String> environment = Map.of("PLAYTCHA_SECRET", playtcha.secret(), "PLAYTCHA_FAIL_CLOSED", "1");
        String baseUrl = "-Dplaytcha.base-url=" + playtcha.baseUrl();
        String command = PlaytchaCommand.class.getName();

        Ended explained = run(environment, baseUrl, command, "explain");

        assertThat(explained.out())
                .containsPattern(" secret +\\*\\*\\* +environment variable PLAYTCHA_SECRET")
                .containsPattern(" fail-closed +1 +environment variable PLAYTCHA_FAIL_CLOSED")
                .containsPattern(" base-url +" + playtcha.baseUrl() + " +system property playtcha.base-url")
                .contains("Problems: 0\n")
                .doesNotContain(playtcha.secret());
        assertThat(explained.status()).isZero();

        Ended verified = run(environment, baseUrl, command, "verify", "made-up");

        assertThat(verified.status()).isEqualTo(1);
        assertThat(verified.out()).contains("did not refuse the secret").doesNotContain(playtcha.secret());
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void missingSettingsAreProblems() throws Exception {
        Ended explained = run(Map.of(), PlaytchaCommand.class.getName(), "explain");

        assertThat(explained.status()).isEqualTo(1);
        assertThat(explained.out())
                .containsPattern("Problems: 2\n.*neither secret nor secret-file is set.*\n.*base-url is not set");
    }
}
