package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.OneShotHttp;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract, section 3: visitors' bodies take a bounded part of the heap, and no request takes the server down. */
class BodyMemoryTest {
    private static final int HEAP_MEBIBYTES = 96;
    private static final int MEBIBYTE = 1 << 20;
    /** What the bodies of all visitors may take. */
    private static final int BODIES = HEAP_MEBIBYTES / 16;

    private static final HttpClient CLIENT = OneShotHttp.clientBuilder().build();

    @TempDir
    Path folder;

    private Process server;
    private int port;

    @BeforeEach
    void start() throws IOException {
        Path written = folder.resolve("port");
        server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP_MEBIBYTES + "m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeapServer.class.getName(),
                        written.toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        Awaitility.await().until(() -> Files.exists(written) || !server.isAlive());
        assertThat(server.isAlive()).as(this::readLog).isTrue();
        port = Integer.parseInt(Files.readString(written));
    }

    private Path log() {
        return folder.resolve("server.log");
    }

    private String readLog() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() {
        server.destroyForcibly();
    }

    private HttpRequest.Builder request(String path) {
        return OneShotHttp.request(URI.create("http://127.0.0.1:" + port + "/app" + path))
                .timeout(Duration.ofSeconds(60));
    }

    private CompletableFuture<HttpResponse<String>> post(String path, String body) {
        return CLIENT.sendAsync(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) {
        return CLIENT.sendAsync(request(path).build(), HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }

    /** A body of one mebibyte that is forty times as large as a tree. */
    private static String deep() {
        String nested = "{\"\":".repeat(480) + "1" + "}".repeat(480) + ",";
        return "{\"t\":[" + nested.repeat(MEBIBYTE / nested.length() - 1) + "1]}";
    }

    private static String withToken(String token, int length) {
        String json = "{\"playtchaToken\":\"" + token + "\",\"pad\":\"\"}";
        return json.replace("\"\"", '"' + "x".repeat(length - json.length()) + '"');
    }

    @Test
    void requestsWithoutATokenDoNotUseUpTheHeap() {
        String body = deep();
        for (int round = 0; round < 5; round++) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                answers.add(post("/signup", body));
            }
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.join().statusCode()).isIn(400, 503));
            assertThat(get("/open")).isEqualTo("open");
        }
        assertThat(post("/signup", withToken("ok-1", MEBIBYTE)).join().body()).isEqualTo("signed up");
        assertThat(readLog()).doesNotContain("OutOfMemoryError");
    }

    @Test
    void pastTheBoundABodyIsNotReadAndAfterTheOthersEndedItIs() throws IOException {
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < BODIES; i++) {
            held.add(post("/held", withToken("ok-" + i, MEBIBYTE * 9 / 10)));
        }
        Awaitility.await().until(() -> get("/held-number").equals(Integer.toString(BODIES)));

        String refused = sendHead("/signup", MEBIBYTE);
        assertThat(refused)
                .startsWith("HTTP/1.1 503")
                .containsIgnoringCase("Retry-After: 1\r\n")
                .contains("\"code\":\"overloaded\"");
        assertThat(post("/signup", withToken("ok-small", 1000)).join().body())
                .as("a small body fits")
                .isEqualTo("signed up");

        get("/go-on");
        assertThat(held)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        Awaitility.await()
                .untilAsserted(() -> assertThat(post("/signup", withToken("ok-large", MEBIBYTE))
                                .join()
                                .body())
                        .isEqualTo("signed up"));
    }

    /** Sends no body, and returns the answer that comes all the same. */
    private String sendHead(String path, int contentLength) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            String head = "POST /app" + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\nContent-Length: " + contentLength + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            byte[] buffer = new byte[8192];
            while (!answer.toString().contains("\"code\"")) {
                int read = socket.getInputStream().read(buffer);
                assertThat(read).as(answer.toString()).isPositive();
                answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }
            return answer.toString();
        }
    }
}
