package com.playtcha.example.quickstart.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The launcher as a process: how it begins and ends. */
@Timeout(120)
class QuickstartProcessIT {
    private Process process;
    private BufferedReader output;

    @AfterEach
    void leaveNoProcess() {
        process.destroyForcibly();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSignalEndsItInOrder() throws Exception {
        launch("-Dport=0");
        List<String> lines = new ArrayList<>();
        while (lines.stream().noneMatch(line -> line.contains("Ctrl-C ends both"))) {
            String line = output.readLine();
            assertThat(line).as("after %s", lines).isNotNull();
            lines.add(line);
        }
        assertThat(lines).anyMatch(line -> line.matches("The quickstart runs at http://127\\.0\\.0\\.1:\\d+/"));
        assertThat(lines).anyMatch(line -> line.contains("Filter playtcha guards [/signup] as"));

        // Process.destroy() would close the output as well.
        process.toHandle().destroy();

        assertThat(rest()).containsExactly("Stopped.");
        assertThat(status()).isEqualTo(128 + 15);
    }

    @Test
    void aTakenPortIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            launch("-Dport=" + taken.getLocalPort());

            assertThat(rest())
                    .containsExactly(
                            "Port " + taken.getLocalPort() + " of 127.0.0.1 is taken: choose another with -Dport=");
            assertThat(status()).isOne();
        }
    }

    @Test
    void aTakenPortOfTheStandInIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            launch("-Dport=0", "-Dstandin.port=" + taken.getLocalPort());

            assertThat(rest())
                    .containsExactly("Port " + taken.getLocalPort()
                            + " of 127.0.0.1 is taken: choose another with -Dstandin.port=");
            assertThat(status()).isOne();
        }
    }

    @Test
    void whatIsNoPortIsOneLine() throws Exception {
        launch("-Dport=http");

        assertThat(rest()).containsExactly("-Dport=http is not a port (0 to 65535)");
        assertThat(status()).isEqualTo(2);
    }

    private void launch(String... properties) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of(properties));
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), Quickstart.class.getName(), QuickstartIT.WAR.toString()));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private List<String> rest() {
        return output.lines().toList();
    }

    private int status() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
