package com.playtcha.jakarta.it.server;

import java.net.URI;

/**
 * An application in some server, as its visitors and its operator see it.
 *
 * @param baseUrl with the context path, without a trailing slash
 * @param log of the server
 */
public record DeployedApplication(URI baseUrl, ServerLog log) {

    /** A visitor's request to a path of this application. */
    public TestRequest request(String method, String path) {
        return TestRequest.to(method, URI.create(baseUrl + path));
    }

    /** POST. */
    public TestRequest post(String path) {
        return request("POST", path);
    }

    /** GET. */
    public TestRequest get(String path) {
        return request("GET", path);
    }

    /** How often the application behind the guards was reached since it was deployed. */
    public int reached() {
        return Integer.parseInt(get("/counter").send().report("reached"));
    }
}
