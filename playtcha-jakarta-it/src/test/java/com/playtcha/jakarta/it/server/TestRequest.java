package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.testkit.OneShotHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One HTTP request to the application under test, on a connection of its own. A body sets the content type. */
public final class TestRequest {
    private static final HttpClient CLIENT = OneShotHttp.clientBuilder().build();

    private final String method;
    private final HttpRequest.Builder request;
    private HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.noBody();

    private TestRequest(URI uri, String method) {
        this.method = method;
        this.request = OneShotHttp.request(uri).timeout(Duration.ofSeconds(60));
    }

    /** Of any address. */
    public static TestRequest to(String method, URI uri) {
        return new TestRequest(uri, method);
    }

    /** Adds a header. */
    public TestRequest header(String name, String value) {
        request.header(name, value);
        return this;
    }

    /** The token in the header. */
    public TestRequest token(String token) {
        return header("X-Playtcha-Token", token);
    }

    /** The Accept header of an API client. */
    public TestRequest acceptJson() {
        return header("Accept", "application/json");
    }

    /** The Accept header of a browser. */
    public TestRequest acceptHtml() {
        return header("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
    }

    /** A form's body: names and values by turns. */
    public TestRequest form(String... fields) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            pairs.add(encoded(fields[i]) + "=" + encoded(fields[i + 1]));
        }
        return body("application/x-www-form-urlencoded", String.join("&", pairs));
    }

    /** A JSON body. */
    public TestRequest json(String text) {
        return body("application/json", text);
    }

    /** A multipart body: one field, and one file. */
    public TestRequest multipart(String field, String value, String file, String content) {
        String boundary = "----it-boundary";
        return body("multipart/form-data; boundary=" + boundary, """
                --%1$s\r
                Content-Disposition: form-data; name="%2$s"\r
                \r
                %3$s\r
                --%1$s\r
                Content-Disposition: form-data; name="%4$s"; filename="%4$s.txt"\r
                Content-Type: text/plain\r
                \r
                %5$s\r
                --%1$s--\r
                """.formatted(boundary, field, value, file, content));
    }

    /** Any body. */
    public TestRequest body(String contentType, String text) {
        request.setHeader("Content-Type", contentType);
        body = HttpRequest.BodyPublishers.ofString(text, StandardCharsets.UTF_8);
        return this;
    }

    /** Sends it and waits for the answer. */
    public TestResponse send() {
        try {
            return new TestResponse(CLIENT.send(built(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends it asynchronously. */
    public CompletableFuture<TestResponse> sendAsync() {
        return CLIENT.sendAsync(built(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                .thenApply(TestResponse::new);
    }

    private HttpRequest built() {
        return request.method(method, body).build();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
