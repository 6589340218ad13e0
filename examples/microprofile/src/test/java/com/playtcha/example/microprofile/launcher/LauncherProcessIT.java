package com.playtcha.example.microprofile.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The launcher as a process: how it begins and ends, and what the operator's environment changes. */
@Timeout(300)
class LauncherProcessIT {
    private static final Pattern ADDRESS = Pattern.compile("The application runs at (http://127\\.0\\.0\\.1:\\d+/)");

    private Process process;
    private BufferedReader output;

    @AfterEach
    void leaveNoProcess() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theEnvironmentOverridesTheSettingsAndASignalEndsAllOfIt() throws Exception {
        launch(
                Map.of(
                        "PLAYTCHA_GUARDS_SIGNUP_FAIL_CLOSED", "false",
                        "PLAYTCHA_GUARDS_NEWSLETTER_FAIL_CLOSED", "1",
                        "PLAYTCHA_TOKEN_PARAM", "check"),
                "-Dport=0");
        Visitor visitor = new Visitor(address());

        policiesAreTheEnvironments(visitor);
        aPauseHoldsForItsProjectAndSaysHowLong(visitor, "newsletter");
        aPauseHoldsForItsProjectAndSaysHowLong(visitor, "signup");

        List<ProcessHandle> all = process.descendants().toList();
        assertThat(all).isNotEmpty();
        // Process.destroy() would close the output as well.
        process.toHandle().destroy();
        assertThat(rest()).endsWith("Stopped.");
        assertThat(status()).isEqualTo(128 + 15);
        assertThat(all).noneMatch(ProcessHandle::isAlive);
    }

    private static void policiesAreTheEnvironments(Visitor visitor) throws Exception {
        HttpResponse<String> signUp = form(visitor, "signup", "db-error-1");
        HttpResponse<String> newsletter = form(visitor, "newsletter", "db-error-1");

        assertThat(signUp.statusCode()).isEqualTo(200);
        assertThat(signUp.body()).contains("One more step", "<dd>UNAVAILABLE</dd>");
        assertThat(newsletter.statusCode()).isEqualTo(503);
        assertThat(newsletter.body()).contains("We cannot check this just now", "<dd>UNAVAILABLE</dd>");
        assertThat(visitor.submit("api/signup", "ok-1").body()).contains("<dd>NO_TOKEN</dd>");
    }

    private static void aPauseHoldsForItsProjectAndSaysHowLong(Visitor visitor, String guard) throws Exception {
        HttpResponse<String> first = form(visitor, guard, "rate-limited-60-x");
        HttpResponse<String> next = form(visitor, guard, "ok-1");

        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(first.headers().firstValue("Retry-After")).hasValue("60");
        assertThat(first.body()).contains("Many visitors", "<dd>THROTTLED</dd>", "<dd>rate_limited_ip</dd>");
        assertThat(next.statusCode()).isEqualTo(503);
        assertThat(next.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 60L);
        assertThat(next.body()).contains("<dd>THROTTLED</dd>", "<dd>throttle-window</dd>");
        assertThat(visitor.get("api/status").body()).contains("\"throttled\":{\"127.0.0.1", "true");
    }

    @Test
    void aTakenPortIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            launch(Map.of(), "-Dport=" + taken.getLocalPort());

            assertThat(rest())
                    .containsExactly(
                            "Port " + taken.getLocalPort() + " of 127.0.0.1 is taken: choose another with -Dport=");
            assertThat(status()).isOne();
        }
    }

    @Test
    void whatIsNoPortIsOneLine() throws Exception {
        launch(Map.of(), "-Dport=http");

        assertThat(rest()).containsExactly("-Dport=http is not a port (0 to 65535)");
        assertThat(status()).isEqualTo(2);
    }

    private static HttpResponse<String> form(Visitor visitor, String guard, String token) throws Exception {
        return visitor.post("api/" + guard, "check=" + token + Visitor.ADA, "text/html");
    }

    private void launch(Map<String, String> environment, String... properties) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of(properties));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Launcher.class.getName()));
        for (Path place : List.of(Visitor.LIBERTY, Visitor.CONFIG, Visitor.WAR, Visitor.SERVERS)) {
            command.add(place.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Reads on until it is told. */
    private URI address() throws IOException {
        List<String> lines = new ArrayList<>();
        URI address = null;
        while (address == null || !lines.get(lines.size() - 1).contains("Ctrl-C ends")) {
            String line = output.readLine();
            assertThat(line).as("after %s", lines).isNotNull();
            lines.add(line);
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.find()) {
                address = URI.create(matcher.group(1));
            }
        }
        return address;
    }

    private List<String> rest() {
        return output.lines().toList();
    }

    private int status() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
