package com.playtcha.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A named module of Java SE, which requires what docs/cdi-rest.md says: an automatic module can require nothing itself. */
class ModulePathTest {
    private static final Pattern JARS =
            Pattern.compile(".*/(httpc|slf4j-api|jakarta\\.json|yasson|parsson|h2-)[^/]*\\.jar");

    @TempDir
    Path folder;

    @Test
    void aModuleWithTheRequiresOfThePageVerifiesWithLateVerdicts() throws Exception {
        String requires = Pattern.compile("requires [\\w.]+;")
                .matcher(Pages.read("docs/cdi-rest.md"))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining("\n"));
        Path info = Files.writeString(folder.resolve("module-info.java"), "module app {" + requires + "}");
        Path main = Files.writeString(folder.resolve("Main.java"), """
                package app;

                import com.playtcha.jakarta.PlaytchaGuards;
                import java.nio.file.Files;
                import java.nio.file.Path;
                import java.util.Map;

                class Main {
                    public static void main(String[] args) throws Exception {
                        try (var guards = PlaytchaGuards.open(Map.of("base-url", args[0], "secret", args[1],
                                "timeout", "20s", "late-verdicts", "true", "late-dir", args[2]))) {
                            Files.writeString(Path.of(args[3]), guards.verifier().verify("ok-1").getOutcome().name());
                        }
                    }
                }
                """);
        // The file's name becomes the name of the module, as the manifest's entry does in the jar that is built.
        Path library = folder.resolve("com.playtcha.jakarta.jar");
        run("jar", "--create", "--file", library.toString(), "-C", "target/classes", ".");
        Path classes = folder.resolve("classes");
        String modules = Stream.concat(
                        Stream.of(library.toString(), classes.toString()),
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry ->
                                        JARS.matcher(entry.replace('\\', '/')).matches()))
                .collect(Collectors.joining(File.pathSeparator));
        run("javac", "-p", modules, "-d", classes.toString(), info.toString(), main.toString());

        Path outcome = folder.resolve("outcome");
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            Process java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-p",
                            modules,
                            "-m",
                            "app/app.Main",
                            playtcha.baseUrl().toString(),
                            playtcha.secret(),
                            folder.resolve("late").toString(),
                            outcome.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(java.getInputStream().readAllBytes());
            assertThat(java.waitFor()).as(output).isZero();
            assertThat(outcome).hasContent("VERIFIED");
        }
    }

    private static void run(String tool, String... arguments) {
        assertThat(ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments))
                .isZero();
    }
}
