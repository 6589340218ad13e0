package com.playtcha.jakarta.it.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a release would publish: the files are complete, and the application of README's chapters, built by a Maven that
 * has the library from the release folder only, guards its form.
 */
class ReleaseIT {
    private static final String VERSION = property("release.version");
    private static final Path FOLDER = Path.of(property("release.folder"));
    private static final Path WORK = Path.of(property("work"));

    @BeforeAll
    static void emptyWork() throws IOException {
        if (Files.exists(WORK)) {
            try (Stream<Path> files = Files.walk(WORK)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(WORK);
    }

    @Test
    void theBundleHasWhatARepositoryRequires() throws IOException {
        try (ZipFile bundle = new ZipFile(property("release.bundle"))) {
            List<String> names = bundle.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.contains("/playtcha-jakarta/"))
                    .toList();
            for (String file : List.of(
                    ".pom",
                    ".jar",
                    "-sources.jar",
                    "-javadoc.jar",
                    "-testkit.jar",
                    "-cyclonedx.json",
                    "-cyclonedx.xml")) {
                String artifact = "/playtcha-jakarta-[0-9][^/]*" + Pattern.quote(file);
                for (String sum : List.of("", ".md5", ".sha1")) {
                    assertThat(names).anyMatch(name -> name.matches(".*" + artifact + Pattern.quote(sum)));
                }
            }
        }
    }

    @Test
    void theJavadocIsOfThePublicApi() throws IOException {
        List<String> names = namesIn("-javadoc.jar");

        assertThat(names).contains("com/playtcha/jakarta/PlaytchaVerifier.html");
        assertThat(names).noneMatch(name -> name.contains("/internal/"));
    }

    @Test
    void theBillOfMaterialsNamesWhatAnApplicationReceives() throws IOException {
        String bill = Files.readString(artifact("-cyclonedx.json"));

        assertThat(bill)
                .contains("pkg:maven/org.apache.httpcomponents.client5/httpclient5@")
                .contains("pkg:maven/org.eclipse/yasson@")
                .doesNotContain("junit")
                .doesNotContain("jakarta.servlet-api");
    }

    @Test
    void anApplicationBuiltFromReadmeGuardsItsForm() throws Exception {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            Path war = build(playtcha);
            Tomcat tomcat = new Tomcat();
            try {
                tomcat.setBaseDir(
                        Files.createDirectories(WORK.resolve("tomcat")).toString());
                tomcat.setPort(0);
                tomcat.getConnector().setProperty("address", "127.0.0.1");
                tomcat.getHost()
                        .setAppBase(Files.createDirectories(WORK.resolve("tomcat/webapps"))
                                .toString());
                tomcat.addWebapp("", war.toString());
                tomcat.start();
                URI form =
                        URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/signup");

                assertThat(post(form, "playtcha-response=ok-1").headers().firstValue("Location"))
                        .hasValueSatisfying(location -> assertThat(location).endsWith("/welcome"));
                assertThat(post(form, "playtcha-response=ok-1").statusCode()).isEqualTo(403);
                assertThat(post(form, "name=Ada").statusCode()).isEqualTo(400);
                assertThat(playtcha.requestCount()).isEqualTo(2);
            } finally {
                tomcat.stop();
                tomcat.destroy();
            }
        }
    }

    private static HttpResponse<String> post(URI form, String body) throws Exception {
        HttpRequest request = OneShotHttp.request(form)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Builds the application of README, with the stand-in's address and secret in place of those of its example. */
    private static Path build(PlaytchaStandIn playtcha) throws Exception {
        String readme = Files.readString(Path.of(property("readme")));
        Path project = Files.createDirectories(WORK.resolve("shop"));
        String pom;
        try (InputStream template = ReleaseIT.class.getResourceAsStream("/consumer-pom.xml")) {
            pom = new String(template.readAllBytes(), UTF_8);
        }
        String dependencies = snippet(readme, "xml", "<artifactId>playtcha-jakarta</artifactId>");
        assertThat(dependencies).contains("<version>" + VERSION + "</version>");
        Files.writeString(
                project.resolve("pom.xml"),
                pom.replace("@repository@", FOLDER.toUri().toString())
                        .replace("@servlet-api@", property("servlet-api.version"))
                        .replace("@dependencies@", dependencies));
        Path secret = Files.writeString(WORK.resolve("secret"), playtcha.secret());
        Path web = Files.createDirectories(project.resolve("src/main/webapp/WEB-INF"));
        Files.writeString(
                web.resolve("web.xml"),
                snippet(readme, "xml", "<web-app")
                        .replace("https://playtcha.example", playtcha.baseUrl().toString())
                        .replace("/run/secrets/playtcha", secret.toString()));
        Path sources = Files.createDirectories(project.resolve("src/main/java"));
        Files.writeString(
                sources.resolve("SignUpServlet.java"),
                snippet(readme, "java", "class SignUpServlet")
                        .replace(
                                "public class SignUpServlet",
                                "@jakarta.servlet.annotation.WebServlet(\"/signup\")\npublic class SignUpServlet"));
        maven(project);
        return project.resolve("target/shop.war");
    }

    private static void maven(Path project) throws Exception {
        File log = WORK.resolve("maven.log").toFile();
        Process maven = new ProcessBuilder(
                        Path.of(property("maven.home"), "bin", "mvn").toString(),
                        "-B",
                        "-Dmaven.repo.local=" + WORK.resolve("repository"),
                        "package")
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        assertThat(maven.waitFor()).as(() -> read(log.toPath())).isZero();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Returns the page's first block of a language that contains a text. */
    private static String snippet(String page, String language, String text) {
        Matcher blocks =
                Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(page);
        return blocks.results()
                .map(block -> block.group(1))
                .filter(block -> block.contains(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("README has no block with " + text));
    }

    private static Path artifact(String ending) throws IOException {
        try (Stream<Path> files =
                Files.list(FOLDER.resolve("com/playtcha/playtcha-jakarta").resolve(VERSION))) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> namesIn(String ending) throws IOException {
        try (ZipFile jar = new ZipFile(artifact(ending).toFile())) {
            return jar.stream().map(ZipEntry::getName).toList();
        }
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("The build sets the system property " + name);
        }
        return value;
    }
}
