package com.playtcha.jakarta.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stand-in as a program. */
class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource({
        "--prot, Unknown argument: --prot",
        "8089, Unknown argument: 8089",
        "--port, --port needs a value",
        "--port=1, Unknown argument: --port=1",
        "--port x, Not a port: x",
        "--port 65536, Not a port: 65536",
        "--secret, --secret needs a value",
    })
    void aWrongArgumentIsNamedWithTheUsage(String arguments, String problem) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString(UTF_8)).startsWith(problem).contains("Usage: ", "--secret S");
        assertThat(out.size()).isZero();
    }

    @Test
    void helpIsNoError() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(UTF_8)).startsWith("Usage: ");
    }

    @Test
    void aTakenPortIsNamed() {
        try (PlaytchaStandIn other = PlaytchaStandIn.start()) {
            assertThat(run("--port", Integer.toString(other.port()))).isEqualTo(1);
            assertThat(err.toString(UTF_8)).contains("127.0.0.1:" + other.port());
        }
    }

    @Test
    void runsUntilItIsToldToEnd() throws Exception {
        CodeSource kit = PlaytchaStandIn.class.getProtectionDomain().getCodeSource();
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-cp",
                        Path.of(kit.getLocation().toURI()).toString(),
                        PlaytchaStandIn.class.getName(),
                        "--port",
                        "0",
                        "--secret",
                        "mine")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            String first = lines.readLine();
            assertThat(first).contains(" listens on http://127.0.0.1:");
            int port =
                    URI.create(first.replaceFirst(".*(http://[^,]+),.*", "$1")).getPort();
            try (RawClient client = new RawClient(port)) {
                assertThat(client.send(RawClient.verify("mine", "ok-1")).readAnswer())
                        .startsWith("HTTP/1.1 200 ");
                // Not Process.destroy(), which would close the stream that is read below.
                process.toHandle().destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(client.endedOrReset()).isTrue();
            }
            assertThat(lines.lines()).noneMatch(line -> line.contains("Exception"));
        } finally {
            process.destroyForcibly();
        }
    }

    private int run(String... arguments) {
        try (PrintStream toOut = new PrintStream(out, true, UTF_8);
                PrintStream toErr = new PrintStream(err, true, UTF_8)) {
            return new CommandLine(toOut, toErr).run(arguments);
        }
    }
}
