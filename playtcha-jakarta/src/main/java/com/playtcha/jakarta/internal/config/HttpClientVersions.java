package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ProblemReport.Code;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
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
        String least = client != null && !isBefore(client, "5.6") ? "5.4" : "5.3";
        if (!isPresent(CLIENT + "http/HttpRoute.class") || !isPresent(CORE + "http/HttpHost.class")) {
            report.problem(
                    Code.HTTP_CLIENT,
                    "httpclient5 or httpcore5 is missing; add org.apache.httpcomponents.client5:httpclient5, version 5.4"
                            + " or later, with its dependencies.");
        } else if (isBefore(client, "5.4")) {
            report.problem(
                    Code.HTTP_CLIENT,
                    "httpclient5 " + client + " is too old; use version 5.4 or later, with its httpcore5.");
        } else if (isBefore(core, least)) {
            report.problem(
                    Code.HTTP_CLIENT,
                    "httpcore5 " + core + " is too old for httpclient5 " + client + "; use the httpcore5 that this"
                            + " version of httpclient5 depends on (" + least + " or later).");
        }
    }

    /** Whether the version is older; false if it is unknown, as in some repackaged jars. */
    private static boolean isBefore(@Nullable String version, String oldest) {
        return version != null
                && version.matches("[0-9]+\\.[0-9]+(\\.[0-9A-Za-z]+)*(-[0-9A-Za-z]+)*")
                && Version.parse(version).compareTo(Version.parse(oldest)) < 0;
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
