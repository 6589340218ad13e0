package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.playtcha.jakarta.internal.request.DenialTexts;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script of docs/recipes/denials.md runs in Node, where there is one, against a guarded application. */
class DenialRecipeTest {
    private static final Path DOCS = Path.of("..", "docs");

    @TempDir
    Path folder;

    private static boolean hasNode() throws InterruptedException {
        try {
            return new ProcessBuilder("node", "-e", "process.exit(typeof fetch === 'function' ? 0 : 1)")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException none) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "expired-1 ok-1, 2, 200",
        "redeemed-1 ok-1, 2, 200",
        "expired-1 expired-2 ok-1, 2, Die Sicherheitsprüfung wurde nicht bestanden",
        "invalid-1 ok-1, 1, Die Sicherheitsprüfung wurde nicht bestanden",
        "rate-limited-1 ok-1, 1, Die Sicherheitsprüfung ist gerade nicht verfügbar"
    })
    void scriptRunsTheWidgetAgainOnce(String tokens, int calls, String result) throws Exception {
        assumeTrue(hasNode(), "Node 18 or later is not on the path");
        String page = Files.readString(DOCS.resolve("recipes/denials.md"));
        MatchResult script = Pattern.compile("(?s)```js\n(.*?)```")
                .matcher(page)
                .results()
                .filter(block -> block.group(1).startsWith("async function send("))
                .findFirst()
                .orElseThrow();
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                TestApp app = TestApp.guarded(playtcha).start()) {
            Path file = Files.writeString(folder.resolve("recipe.mjs"), script.group(1) + """
                    const browser = fetch;
                    globalThis.fetch = (url, init) =>
                      browser(url, { ...init, headers: { ...init.headers, "Accept-Language": "de" } });
                    const tokens = process.argv[3].split(" ");
                    try {
                      console.log((await send(process.argv[2], { name: "Ann" }, async () => tokens.shift())).status);
                    } catch (e) {
                      console.log(e.message);
                    }
                    """);
            Path output = folder.resolve("output");
            Process node = new ProcessBuilder(
                            "node",
                            file.toString(),
                            app.request("/signup").build().uri().toString(),
                            tokens)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                node.destroyForcibly();
            }

            assertThat(Files.readString(output, StandardCharsets.UTF_8)).isEqualTo(result + "\n");
            assertThat(playtcha.requestCount()).isEqualTo(calls);
        }
    }

    @Test
    void keysInTheDocsAreReal() throws IOException {
        String page = Files.readString(DOCS.resolve("failures.md"));
        Properties library = new Properties();
        library.load(new StringReader(new String(
                DenialTexts.class.getResourceAsStream("denials_en.properties").readAllBytes(),
                StandardCharsets.UTF_8)));

        assertThat(Pattern.compile("(?m)^([a-z_]+\\.(?:title|detail))=")
                        .matcher(page)
                        .results())
                .hasSizeGreaterThan(2)
                .allSatisfy(key -> {
                    String code = key.group(1).replaceFirst("\\..*", "");
                    assertThat(library.stringPropertyNames()).anyMatch(name -> name.startsWith(code + "."));
                });
    }
}
