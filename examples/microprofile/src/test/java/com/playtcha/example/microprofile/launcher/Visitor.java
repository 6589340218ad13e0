package com.playtcha.example.microprofile.launcher;

import com.playtcha.jakarta.testkit.OneShotHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A browser, or a program where it says so. */
final class Visitor {
    static final Path CONFIG = Path.of(System.getProperty("example.config"));
    static final Path LIBERTY = Path.of(System.getProperty("example.liberty"));
    static final Path WAR = Path.of(System.getProperty("example.war"));
    /** One folder for all servers, which run one after the other: what Liberty caches there makes later ones fast. */
    static final Path SERVERS = Path.of(System.getProperty("example.servers"));

    static final Launcher.Places PLACES = new Launcher.Places(LIBERTY, CONFIG, WAR, SERVERS);
    static final String ADA = "&name=Ada&email=ada@example.org";

    private final HttpClient http = OneShotHttp.clientBuilder().build();
    private final URI site;

    Visitor(URI site) {
        this.site = site;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(OneShotHttp.request(site.resolve(path)));
    }

    /** Sends a form of Ada's with this token, as a browser does; without one if it is null. */
    HttpResponse<String> submit(String path, String token) throws IOException, InterruptedException {
        return post(path, (token == null ? "" : "playtcha-response=" + token) + ADA, "text/html");
    }

    /** The same from a program that reads JSON. */
    HttpResponse<String> call(String path, String token) throws IOException, InterruptedException {
        return post(path, (token == null ? "" : "playtcha-response=" + token) + ADA, "application/json");
    }

    /** Sends a form. */
    HttpResponse<String> post(String path, String fields, String accept) throws IOException, InterruptedException {
        return send(OneShotHttp.request(site.resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", accept)
                .POST(HttpRequest.BodyPublishers.ofString(fields)));
    }

    /** Sends JSON, and names no preference. */
    HttpResponse<String> json(String path, String body) throws IOException, InterruptedException {
        return send(OneShotHttp.request(site.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Sends a request of another method, with the body of a form. */
    HttpResponse<String> other(String method, String path) throws IOException, InterruptedException {
        return send(OneShotHttp.request(site.resolve(path))
                .header("Accept", "text/html")
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(
                request.timeout(Duration.ofMinutes(1)).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }
}
