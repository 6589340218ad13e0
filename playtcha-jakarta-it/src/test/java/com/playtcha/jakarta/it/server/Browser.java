package com.playtcha.jakarta.it.server;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real Chromium, by its driver's WebDriver protocol: a client library would bring what WARs must not see. */
public final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");

    private static final int STARTS = 5;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, int port) {
        this.driver = driver;
        String sessions = "http://127.0.0.1:" + port + "/session";
        JsonObject options = Json.createObjectBuilder()
                .add("binary", CHROMIUM.toString())
                .add(
                        "args",
                        Json.createArrayBuilder(List.of(
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--no-first-run")))
                .build();
        // An element that a script has not made yet is waited for.
        JsonObject timeouts = Json.createObjectBuilder().add("implicit", 10_000).build();
        JsonObject wanted = Json.createObjectBuilder()
                .add("goog:chromeOptions", options)
                .add("timeouts", timeouts)
                .build();
        JsonObject capabilities = Json.createObjectBuilder()
                .add("capabilities", Json.createObjectBuilder().add("alwaysMatch", wanted))
                .build();
        this.session = sessions + "/"
                + send("POST", sessions, capabilities).getJsonObject("value").getString("sessionId");
    }

    /** Whether this machine has one. */
    public static boolean isInstalled() {
        return Stream.of(CHROMIUM, DRIVER).allMatch(Files::isExecutable);
    }

    /** Starts one with an empty profile. */
    public static Browser start() {
        StringBuilder output = new StringBuilder();
        try {
            // A driver chooses a port for IPv4, and ends if another process has it for IPv6.
            for (int i = 0; i < STARTS; i++) {
                Process driver = new ProcessBuilder(DRIVER.toString(), "--port=0")
                        .redirectErrorStream(true)
                        .start();
                BufferedReader lines = driver.inputReader(StandardCharsets.UTF_8);
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    output.append(line).append('\n');
                    Matcher started = STARTED.matcher(line);
                    if (started.find()) {
                        return new Browser(driver, Integer.parseInt(started.group(1)));
                    }
                }
            }
            throw new IllegalStateException(DRIVER + " did not start:\n" + output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a page and waits until it was loaded. */
    public void open(String url) {
        send(
                "POST",
                session + "/url",
                Json.createObjectBuilder().add("url", url).build());
    }

    /** Types into the element with this id. */
    public void type(String id, String text) {
        element(id, "value", Json.createObjectBuilder().add("text", text).build());
    }

    /** Clicks on the element with this id. */
    public void click(String id) {
        element(id, "click", JsonObject.EMPTY_JSON_OBJECT);
    }

    private void element(String id, String command, JsonObject body) {
        JsonObject selector = Json.createObjectBuilder()
                .add("using", "css selector")
                .add("value", "#" + id)
                .build();
        JsonObject found;
        try {
            found = send("POST", session + "/element", selector);
        } catch (IllegalStateException e) {
            String page = evaluate("location.href + ' ' + document.documentElement.outerHTML");
            throw new IllegalStateException("No element #" + id + " in " + page, e);
        }
        String element = found.getJsonObject("value")
                .values()
                .iterator()
                .next()
                .toString()
                .replace("\"", "");
        send("POST", session + "/element/" + element + "/" + command, body);
    }

    /** Evaluates an expression, whose value is a string. */
    public String evaluate(String expression) {
        JsonObject script = Json.createObjectBuilder()
                .add("script", "return String(" + expression + ")")
                .add("args", Json.createArrayBuilder())
                .build();
        return send("POST", session + "/execute/sync", script).getString("value");
    }

    private JsonObject send(String method, String url, JsonObject body) {
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
            try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
                return reader.readObject();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            send("DELETE", session, JsonObject.EMPTY_JSON_OBJECT);
        } finally {
            driver.destroy();
        }
    }
}
