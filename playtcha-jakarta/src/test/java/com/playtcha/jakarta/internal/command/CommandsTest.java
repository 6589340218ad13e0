package com.playtcha.jakarta.internal.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands explain and verify, on the settings of a web.xml and against a real stand-in. */
class CommandsTest {
    private static final String SECRET = "sk-a-secret-of-the-shop";

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private PlaytchaStandIn playtcha;
    private Path webXml;

    @BeforeEach
    void start() throws IOException {
        playtcha = PlaytchaStandIn.builder().secret(SECRET).start();
        webXml = Files.createDirectory(directory.resolve("WEB-INF")).resolve("web.xml");
    }

    @AfterEach
    void stop() {
        playtcha.close();
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return new Commands(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)).run(arguments);
    }

    private String out() {
        assertThat(out.toString(UTF_8) + err.toString(UTF_8)).doesNotContain(SECRET);
        return out.toString(UTF_8);
    }

    private void describe(Map<String, String> contextParams, String more) throws IOException {
        StringBuilder xml = new StringBuilder(
                "<!DOCTYPE web-app [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\">");
        contextParams.forEach((name, value) -> xml.append("<context-param><param-name>" + name
                + "</param-name><param-value>" + value + "</param-value></context-param>"));
        Files.writeString(webXml, xml.append(more).append("</web-app>"));
    }

    private static String filter(String name, String initParams) {
        return "<filter><filter-name>" + name
                + "</filter-name><filter-class>com.playtcha.jakarta.servlet.PlaytchaFilter" + "</filter-class>"
                + initParams + "</filter>";
    }

    private static String initParam(String name, String value) {
        return "<init-param><param-name> " + name + " </param-name><param-value>" + value
                + "</param-value></init-param>";
    }

    /** A web.xml whose filter calls the stand-in. */
    private void describeFilter(String more) throws IOException {
        describe(
                Map.of("playtcha.secret", SECRET, "other", "x"),
                filter("signup", initParam("base-url", playtcha.baseUrl().toString()) + more));
    }

    @Test
    void explainPrintsEachKeyItsValueAndItsSource() throws Exception {
        describeFilter(initParam("timeout", "500ms"));

        assertThat(run("explain", "--war", directory.toString())).isZero();

        assertThat(out())
                .contains("filter 'signup'\n", "late results (off)\n", "Warnings: 0\n", "Problems: 0\n")
                .containsPattern(" secret +\\*\\*\\* +context-param playtcha.secret\n")
                .containsPattern(" timeout +500ms +init-param timeout of filter 'signup'\n")
                .containsPattern(" connect-timeout +PT0.5S +default\n")
                .containsPattern(" base-url +" + playtcha.baseUrl() + " +init-param base-url of filter 'signup'\n")
                .containsPattern(" secret-file +- +not set\n")
                .containsPattern(" late-concurrency +8 +default\n");
        assertThat(playtcha.requestCount()).isZero();
    }

    @Test
    void explainPrintsEveryProblem() throws Exception {
        describe(
                Map.of("playtcha.guards", "payout", "playtcha.guards.payout.secrt", SECRET),
                filter("signup", initParam("guard", "payout") + initParam("timeout", "5")));

        assertThat(run("explain", "--war", directory.toString())).isEqualTo(1);

        assertThat(out())
                .contains("guard 'payout'\n", "filter 'signup'\n")
                .containsPattern(" timeout +PT2S +invalid, see problems\n")
                .containsPattern("Problems: [0-9]+\n(.*\n)*.*timeout = \"5\" from init-param timeout")
                .contains("guards.payout.secret", "base-url is not set");
    }

    /** As at a start, where the container knows the names of all filters. */
    @Test
    void explainSeesThatAnotherFilterHasTheNameOfOneThatRegistersItself() throws Exception {
        describe(
                Map.of(
                        "playtcha.secret",
                        SECRET,
                        "playtcha.base-url",
                        playtcha.baseUrl().toString(),
                        "playtcha.url-patterns",
                        "/signup"),
                "<filter><filter-name>playtcha</filter-name><filter-class>Other</filter-class></filter>");

        assertThat(run("explain", "--war", directory.toString())).isEqualTo(1);

        assertThat(out()).containsPattern("Problems: 1\n +PLAYTCHA-0006: .*a filter named 'playtcha'");
    }

    @Test
    void aWarFileAndItsDirectoryAreReadWithTheirConfigurationFile() throws Exception {
        describeFilter("");
        Path classes = Files.createDirectories(directory.resolve("app/WEB-INF/classes/META-INF"));
        Files.move(webXml, directory.resolve("app/WEB-INF/web.xml"));
        Files.writeString(classes.resolve("microprofile-config.properties"), "playtcha.fail-closed=true\n");
        Path war = directory.resolve("app.war");
        try (FileSystem files = FileSystems.newFileSystem(war, Map.of("create", "true"))) {
            Files.createDirectories(files.getPath("WEB-INF/classes/META-INF"));
            Files.copy(directory.resolve("app/WEB-INF/web.xml"), files.getPath("WEB-INF/web.xml"));
            Files.copy(
                    classes.resolve("microprofile-config.properties"),
                    files.getPath("WEB-INF/classes/META-INF/microprofile-config.properties"));
        }

        for (Path application : new Path[] {directory.resolve("app"), war}) {
            assertThat(run("explain", "--war", application.toString())).isZero();
            assertThat(out())
                    .containsPattern(" fail-closed +true +.*microprofile-config.properties")
                    .containsPattern(" base-url +" + playtcha.baseUrl());
        }
    }

    @Test
    void aSubclassOfTheFilterInTheApplicationIsRead() throws Exception {
        Path source = directory.resolve("OwnFilter.java");
        Files.writeString(source, "public class OwnFilter extends com.playtcha.jakarta.servlet.PlaytchaFilter {}");
        Path classes = Files.createDirectory(directory.resolve("WEB-INF/classes"));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-proc:none", "-d", classes.toString(), source.toString()))
                .isZero();
        describe(
                Map.of("playtcha.secret", SECRET),
                filter("signup", initParam("base-url", playtcha.baseUrl().toString()))
                                .replace("com.playtcha.jakarta.servlet.PlaytchaFilter", "OwnFilter")
                        + "<filter><filter-name>other</filter-name><filter-class>Other</filter-class></filter>");

        assertThat(run("explain", "--war", directory.toString())).isZero();

        assertThat(out()).contains("filter 'signup'\n").doesNotContain("filter 'other'");
    }

    @Test
    void anApplicationWithoutFiltersIsExplainedByItsDefaultGuard() throws Exception {
        describe(Map.of("playtcha.secret", SECRET), "");

        assertThat(run("explain", "--war", directory.toString())).isZero();

        assertThat(out()).contains("guard 'default' (no filter or url-patterns uses it)\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ok-1 | 0 | VERIFIED (success), HTTP 200 | base-url and secret are right",
                "ok-degraded-1 | 0 | VERIFIED | above its quota",
                "made-up | 1 | REJECTED (token-invalid), HTTP 401 | did not refuse the secret",
                "success-false-1 | 1 | REJECTED (success-false) | does not accept the visitor",
                "expired-1 | 1 | REJECTED (token-expired), HTTP 410 | older than five minutes",
                "redeemed-1 | 1 | REJECTED (already-redeemed), HTTP 409 | redeemed before",
                "bad-secret-1 | 3 | REJECTED (bad-secret), HTTP 401 | The secret does not match the project",
                "unknown-project-1 | 3 | REJECTED (unknown-project) | Check base-url and secret",
                "rate-limited-7 | 4 | THROTTLED (rate-limited), HTTP 429 | in 7 s",
                "db-error-1 | 4 | UNAVAILABLE (server-error), HTTP 500 | a problem of its own",
                "hang | 4 | UNAVAILABLE (timeout) | No complete answer within timeout",
                "a b | 2 | NO_TOKEN (token-malformed) | nothing was sent"
            })
    void verifyTellsWhatTheAnswerMeans(String token, int status, String outcome, String words) throws Exception {
        describeFilter(
                token.equals("hang")
                        ? initParam("timeout", "500ms")
                        : initParam("timeout", "30s") + initParam("connect-timeout", "30s"));

        assertThat(run("verify", token, "--war", directory.toString())).isEqualTo(status);

        assertThat(out()).startsWith(outcome).contains(words);
        assertThat(playtcha.requestCount()).isEqualTo(status == 2 ? 0 : 1);
    }

    @Test
    void verifyTellsThatTheSecretIsWrong() throws Exception {
        playtcha.close();
        playtcha = PlaytchaStandIn.start();
        describeFilter("");

        assertThat(run("verify", "ok-1", "--war", directory.toString())).isEqualTo(3);

        assertThat(out()).contains("code bad_secret", "Set the secret key of the project");
    }

    @Test
    void verifyTellsThatSomethingElseAnswers() throws Exception {
        describeFilter("");
        playtcha.script(Reply.raw("HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n"));
        assertThat(run("verify", "ok-1", "--war", directory.toString())).isEqualTo(4);
        assertThat(out()).contains("is not Playtcha. Correct base-url.");

        playtcha.script(Reply.json(403, "{}"));
        assertThat(run("verify", "ok-1", "--war", directory.toString())).isEqualTo(4);
        assertThat(out()).contains("Something else than Playtcha refused the call");

        playtcha.refuse();
        assertThat(run("verify", "ok-1", "--war", directory.toString())).isEqualTo(4);
        assertThat(out()).contains("No connection to base-url");
    }

    /** Where calls go through a proxy, the name of base-url is not looked up here. */
    @Test
    void verifyTellsThatTheNameOfTheProxyMayBeWrong() throws Exception {
        describeFilter(initParam("proxy", "http://unresolvable.invalid:3128"));

        assertThat(run("verify", "ok-1", "--war", directory.toString())).isEqualTo(4);
        assertThat(out()).contains("UNAVAILABLE (dns)", "or of the proxy on the way", "Check base-url, proxy and");
    }

    @Test
    void verifyUsesTheSettingsOfANamedGuardAndStartsNoLateResults() throws Exception {
        Path late = directory.resolve("late");
        describe(
                Map.of(
                        "playtcha.secret",
                        "another-secret-of-the-shop",
                        "playtcha.base-url",
                        playtcha.baseUrl().toString(),
                        "playtcha.guards",
                        "payout",
                        "playtcha.guards.payout.secret",
                        SECRET,
                        "playtcha.late-dir",
                        late.toString(),
                        "playtcha.late-verdicts",
                        "true"),
                filter("pay", initParam("guard", "payout") + initParam("late-verdicts", "true")));

        assertThat(run("verify", "ok-1", "--war", directory.toString())).isEqualTo(3);
        assertThat(run("verify", "--guard", "payout", "ok-1", "--war", directory.toString()))
                .isZero();

        assertThat(late).doesNotExist();
        assertThat(run("verify", "--guard", "nobody", "ok-1", "--war", directory.toString()))
                .isEqualTo(3);
        assertThat(err.toString(UTF_8))
                .contains("guard 'nobody'", "is not declared: playtcha.guards declares only payout");
    }

    @Test
    void anInitParamHidesTheSecretOfTheContext() throws Exception {
        describe(
                Map.of("playtcha.secret-file", "/no/such/file"),
                filter("signup", initParam("base-url", playtcha.baseUrl().toString()) + initParam("secret", SECRET)));

        assertThat(run("verify", "ok-1", "--war", directory.toString())).isZero();
    }

    @Test
    void verifySendsNothingWithWrongSettings() throws Exception {
        describeFilter(initParam("timeout", "5"));

        assertThat(run("verify", "ok-1", "--war", directory.toString())).isEqualTo(3);

        assertThat(err.toString(UTF_8))
                .startsWith("The settings have problems, so nothing was sent:\n")
                .contains("timeout = \"5\"");
        assertThat(playtcha.requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "frob | 'The command must be explain, verify or late, not frob'",
                "explain x | explain takes no argument",
                "verify | verify takes exactly one token",
                "verify a b | verify takes exactly one token",
                "verify --frob | Unknown option: --frob",
                "explain --war | --war needs a value",
                "late --frob | Unknown option: --frob",
                "late --late-dir . purge | 'The command must be list, show, retry or discard, not purge'",
                "late --late-dir . retry-all | 'The command must be list, show, retry or discard, not retry-all'",
                "late --late-dir . | 'The command must be list, show, retry or discard'",
                "late list | --late-dir is missing: pass the application's setting late-dir",
                "late --late-dir /nowhere/at/all list | --late-dir names no existing directory: /nowhere/at/all",
                "late --late-dir | --late-dir needs a value",
                "late --late-dir= list | --late-dir needs a value",
                "late --late-dir . --frob list | Unknown option: --frob",
                "late --late-dir . list t1 | list takes no id",
                "late --late-dir . retry --all t1 | retry takes no id",
                "late --late-dir . retry | 'retry takes exactly one id, in quotes where it has blanks'",
                "late --late-dir . show a b | 'show takes exactly one id, in quotes where it has blanks'",
                "late --late-dir . discard a\\b | The id is not as it is printed: a backslash is written \\u005c",
            })
    void wrongUsageIsExplained(String arguments, String problem) {
        assertThat(run(arguments.trim().split(" "))).isEqualTo(2);
        assertThat(err.toString(UTF_8)).startsWith(problem + "\n").endsWith("Run it with --help for the usage.\n");
    }

    @Test
    void whatIsNoPathIsWrongUsage() {
        assertThat(run("late", "--late-dir", "a\0b", "list")).isEqualTo(2);
        assertThat(err.toString(UTF_8))
                .startsWith("--late-dir is no path here: ")
                .contains("LC_ALL");
        assertThat(run("explain", "--war", "a\0b")).isEqualTo(2);
    }

    @Test
    void aMissingOrMalformedDescriptorIsReported() throws Exception {
        assertThat(run("explain", "--war", directory.resolve("no.war").toString()))
                .isEqualTo(2);
        assertThat(err.toString(UTF_8)).startsWith("--war cannot be read: ");
        Files.writeString(webXml, "<web-app>");
        assertThat(run("explain", "--war", directory.toString())).isEqualTo(2);
    }

    /** A script that saves items before it discards them must not take a part of them for all. */
    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        describeFilter("");
        FileOutputStream full = new FileOutputStream(directory.resolve("list").toFile());
        full.close();
        PrintStream cut = new PrintStream(full, false, UTF_8);

        int status = new Commands(cut, new PrintStream(err, true, UTF_8)).run("explain", "--war", directory.toString());

        assertThat(status).isEqualTo(3);
        assertThat(err.toString(UTF_8)).startsWith("The output could not be written completely");
    }

    @Test
    void helpDescribesEachCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("explain", "verify TOKEN", "late ...", "Exit status of verify: 0");
        assertThat(run("late", "--help")).isZero();
        assertThat(out()).contains("PlaytchaCommand late --late-dir DIR COMMAND", "discard ID", "3 where nothing");
        assertThat(run()).isEqualTo(2);
    }
}
