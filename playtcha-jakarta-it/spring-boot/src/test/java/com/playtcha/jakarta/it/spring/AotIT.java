package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.BufferedReader;
import java.io.File;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;

/** What {@code spring-boot:process-aot} generates, compiled and started with {@code spring.aot.enabled=true}. */
class AotIT {
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    private Path folder;

    private static String[] settings(PlaytchaStandIn playtcha) {
        List<String> settings = new ArrayList<>(List.of(
                "--spring.config.name=none",
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--playtcha.url-patterns=/signup",
                "--playtcha.guards.strict.fail-closed=true",
                "--playtcha.guards.login.after-failures=1"));
        playtcha.properties().forEach((key, value) -> settings.add("--" + key + "=" + value));
        return settings.toArray(String[]::new);
    }

    private void process(String... settings) throws Exception {
        Path sources = folder.resolve("sources");
        SpringApplicationAotProcessor.main(Stream.concat(
                        Stream.of(
                                AotApplication.class.getName(),
                                sources.toString(),
                                folder.resolve("classes").toString(),
                                folder.resolve("classes").toString(),
                                "com.playtcha",
                                "aot"),
                        Stream.of(settings))
                .toArray(String[]::new));
        try (Stream<Path> files = Files.walk(sources)) {
            List<String> arguments = new ArrayList<>(List.of(
                    "-nowarn",
                    "-proc:none",
                    "-cp",
                    folder.resolve("classes") + File.pathSeparator + CLASS_PATH,
                    "-d",
                    folder.resolve("classes").toString()));
            files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
            assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                    .isZero();
        }
    }

    /** What a native image would know. */
    private String metadata() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("classes").resolve("META-INF"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
            return all.toString();
        }
    }

    private Process start(String... settings) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dspring.aot.enabled=true",
                "-cp",
                folder.resolve("classes") + File.pathSeparator + CLASS_PATH,
                AotApplication.class.getName()));
        command.addAll(List.of(settings));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    @Test
    void anApplicationThatWasProcessedAheadOfTimeGuards() throws Exception {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                PlaytchaStandIn another = PlaytchaStandIn.start()) {
            // Where it runs, the settings may be others.
            process(settings(another));
            assertThat(metadata())
                    .contains("denials_", "PlaytchaFilter", "java.sql.Connection", "getAccessDeniedHandler");
            Process process = start(
                    Stream.concat(Stream.of(settings(playtcha)), Stream.of("--playtcha.token-json-pointer=/token"))
                            .toArray(String[]::new));
            List<String> log = new ArrayList<>();
            try (BufferedReader output = process.inputReader()) {
                String line = output.readLine();
                while (line != null && !line.startsWith("PORT ")) {
                    log.add(line);
                    line = output.readLine();
                }
                assertThat(line).as("%s", log).isNotNull();
                assertThat(log).anyMatch(each -> each.contains("AOT-processed"));
                URI uri = URI.create("http://127.0.0.1:" + line.substring(5));

                assertThat(post(uri, "/signup", "playtcha-response=ok-1")).isEqualTo(200);
                assertThat(post(uri, "/signup", "")).isEqualTo(400);
                assertThat(post(uri, "/accounts", "")).isEqualTo(400);
                assertThat(post(uri, "/verify", "by=plain&token=ok-2")).isEqualTo(200);
                assertThat(post(uri, "/free", "")).isEqualTo(403);
                assertThat(post(uri, "/login", "username=ada&password=wrong")).isEqualTo(302);
                post(uri, "/login", "username=ada&password=secret&playtcha-response=ok-3");
                playtcha.verifications().of("ok-3").once();
                assertThat(send(uri, "/accounts/json", "{\"token\":\"ok-4\",\"name\":\"Ada\"}", "application/json"))
                        .as("a handler reads the body that its guard has read")
                        .isEqualTo(200);
                playtcha.verifications().times(4);
                assertThat(another.requestCount()).isZero();
            } finally {
                process.destroy();
            }
        }
    }

    private static int post(URI application, String path, String form) throws Exception {
        return send(application, path, form, "application/x-www-form-urlencoded");
    }

    private static int send(URI application, String path, String body, String type) throws Exception {
        HttpRequest request = OneShotHttp.request(application.resolve(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return OneShotHttp.clientBuilder()
                .build()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
