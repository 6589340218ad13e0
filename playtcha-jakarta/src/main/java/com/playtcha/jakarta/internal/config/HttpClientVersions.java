package com.playtcha.jakarta.internal.config;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Checks the versions of HttpClient and HttpCore on the class path. Reads them from resources, because an unsuitable
 * version lacks classes that the transport links to.
 */
final class HttpClientVersions {
    private static final String CLIENT = "org/apache/hc/client5/";
    private static final String CORE = "org/apache/hc/core5/";

    private HttpClientVersions() {}

    static void check(ProblemReport report) {
        String client = version(CLIENT);
        String core = version(CORE);
        boolean newest = client != null && !isBefore(client, 6);
        String problem = null;
        if (!isPresent(CLIENT + "http/HttpRoute.class") || !isPresent(CORE + "http/HttpHost.class")) {
            problem = "httpclient5 or httpcore5 is missing; add org.apache.httpcomponents.client5:httpclient5, "
                    + "version 5.4 or later, with its dependencies";
        } else if (isBefore(client, 4)) {
            problem = "httpclient5 " + client + " is too old; use version 5.4 or later, with its httpcore5";
        } else if (isBefore(core, newest ? 4 : 3)) {
            problem = "httpcore5 " + core + " is too old for httpclient5 " + client
                    + "; use the httpcore5 that this version of httpclient5 depends on ("
                    + (newest ? "5.4" : "5.3") + " or later)";
        }
        if (problem != null) {
            report.problem(ProblemCode.HTTP_CLIENT, problem + ".");
        }
    }

    /** Whether the version is before 5.{@code minor}; false if it is unknown, as in some repackaged jars. */
    private static boolean isBefore(@Nullable String version, int minor) {
        if (version == null || !version.matches("[0-9]{1,6}\\.[0-9]{1,6}.*")) {
            return false;
        }
        int[] parts = Arrays.stream(version.split("[^0-9]"))
                .limit(2)
                .mapToInt(Integer::parseInt)
                .toArray();
        return parts[0] < 5 || (parts[0] == 5 && parts[1] < minor);
    }

    private static boolean isPresent(String resource) {
        return HttpClientVersions.class.getClassLoader().getResource(resource) != null;
    }

    private static @Nullable String version(String folder) {
        try (InputStream in =
                HttpClientVersions.class.getClassLoader().getResourceAsStream(folder + "version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("info.release");
        } catch (IOException e) {
            return null;
        }
    }
}
