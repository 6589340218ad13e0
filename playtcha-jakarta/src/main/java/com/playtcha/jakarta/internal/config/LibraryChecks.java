package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.util.ClassPresence;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Checks the libraries on the class path: a server or a build may have left one out, or chosen another version. */
final class LibraryChecks {
    private LibraryChecks() {}

    static void run(ProblemReport report) {
        checkHttpClient(report);
        ClassLoader loader = LibraryChecks.class.getClassLoader();
        if (!ClassPresence.isPresent("jakarta.json.bind.Jsonb", loader)
                || !ClassPresence.isPresent("jakarta.json.Json", loader)) {
            report.problem(
                    "PLAYTCHA-0057: JSON-B is missing; this server has none, so do not exclude what playtcha-jakarta"
                            + " brings: org.eclipse:yasson, with its dependencies.");
        }
    }

    /** The transport links to classes that older versions lack. */
    private static void checkHttpClient(ProblemReport report) {
        Version client = version("org/apache/hc/client5/", "http/HttpRoute.class");
        Version core = version("org/apache/hc/core5/", "http/HttpHost.class");
        if (client == null || core == null) {
            report.problem("PLAYTCHA-0052: httpclient5 or httpcore5 is missing; add"
                    + " org.apache.httpcomponents.client5:httpclient5, version 5.4 or later, with its"
                    + " dependencies.");
        } else if (client.compareTo(Version.parse("5.4")) < 0) {
            report.problem("PLAYTCHA-0052: httpclient5 " + client
                    + " is too old; use version 5.4 or later, with its httpcore5.");
        } else if (core.compareTo(Version.parse(client.compareTo(Version.parse("5.6")) < 0 ? "5.3" : "5.4")) < 0) {
            report.problem("PLAYTCHA-0052: httpcore5 " + core + " is too old for httpclient5 " + client
                    + "; use the httpcore5 that this version of httpclient5 depends on.");
        }
    }

    /** Returns the version of a library, null without it, a suitable one if it is unknown, as in some repackaged jars. */
    private static @Nullable Version version(String folder, String type) {
        ClassLoader loader = LibraryChecks.class.getClassLoader();
        if (loader.getResource(folder + type) == null) {
            return null;
        }
        try (InputStream in = loader.getResourceAsStream(folder + "version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return Version.parse(properties.getProperty("info.release"));
        } catch (IOException | RuntimeException e) {
            return Version.parse("5.4");
        }
    }
}
