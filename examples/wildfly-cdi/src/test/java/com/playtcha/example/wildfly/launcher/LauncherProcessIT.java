package com.playtcha.example.wildfly.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.OneShotHttp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The launcher as a process: how it begins, hands on settings, and ends. Starts WildFly more than once. */
@Tag("process")
@Timeout(240)
class LauncherProcessIT {
    private Process process;
    private BufferedReader output;

    @AfterEach
    void leaveNoProcess() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSignalEndsItAndWildFlyInOrder() throws Exception {
        launch("-Dport=0", "-Dplaytcha.guards.newsletter.enabled=false");
        List<String> lines = new ArrayList<>();
        while (lines.stream().noneMatch(line -> line.contains("Ctrl-C ends both"))) {
            String line = output.readLine();
            assertThat(line).as("after %s", lines).isNotNull();
            lines.add(line);
        }
        assertThat(post(address(lines) + "api/newsletter")).contains("\"outcome\":\"DISABLED\"");
        List<ProcessHandle> children = process.descendants().toList();
        assertThat(children).hasSize(1);

        // Process.destroy() would close the output as well.
        process.toHandle().destroy();

        assertThat(rest()).endsWith("Stopped.");
        assertThat(status()).isEqualTo(128 + 15);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
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
    void whatIsNoPortIsOneLine() throws Exception {
        launch("-Dport=http");

        assertThat(rest()).containsExactly("-Dport=http is not a port (0 to 65535)");
        assertThat(status()).isEqualTo(2);
    }

    @Test
    void aWrongSettingIsSaidPlainly() throws Exception {
        launch("-Dport=0", "-Dplaytcha.guards.signup.timeout=soon");

        assertThat(rest())
                .anyMatch(line -> line.contains("playtcha.guards.signup.timeout") && line.contains("soon"))
                .endsWith("The application was refused: the lines above say why")
                .noneMatch(line -> line.startsWith("\tat "));
        assertThat(status()).isOne();
        assertThat(process.descendants()).isEmpty();
    }

    private static String address(List<String> lines) {
        Matcher address = Pattern.compile("The application runs at (http://127\\.0\\.0\\.1:\\d+/)")
                .matcher(String.join("\n", lines));
        assertThat(address.find()).as("in %s", lines).isTrue();
        return address.group(1);
    }

    private static String post(String address) throws IOException, InterruptedException {
        HttpRequest request = OneShotHttp.request(URI.create(address))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"email\":\"ada@example.org\"}"))
                .build();
        return OneShotHttp.clientBuilder()
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private void launch(String... properties) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of(properties));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Launcher.class.getName()));
        command.addAll(List.of(WildFlyCdiIT.HOME.toString(), WildFlyCdiIT.WAR.toString()));
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
