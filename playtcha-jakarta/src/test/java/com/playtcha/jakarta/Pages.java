package com.playtcha.jakarta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The repository's pages: README, docs/, and the READMEs of the examples. */
final class Pages {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Paths from the repository's root. */
    static final List<String> ALL = all();

    private Pages() {}

    private static List<String> all() {
        List<String> pages = new ArrayList<>(
                List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "UPGRADING.md"));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> examples = Files.list(ROOT.resolve("examples"))) {
            docs.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(file -> pages.add(ROOT.relativize(file).toString().replace('\\', '/')));
            examples.map(example -> "examples/" + example.getFileName() + "/README.md")
                    .filter(page -> Files.exists(ROOT.resolve(page)))
                    .sorted()
                    .forEach(pages::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(pages);
    }

    static String read(String page) {
        try {
            return Files.readString(ROOT.resolve(page), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fenced blocks of a language. */
    static List<String> snippets(String page, String language) {
        return Pattern.compile("(?ms)^ *```" + language + "\\n(.*?)^ *```$")
                .matcher(read(page))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** What stands in backticks outside of fenced blocks. */
    static List<String> code(String page) {
        String text =
                Pattern.compile("(?ms)^ *```.*?^ *```$").matcher(read(page)).replaceAll("");
        return Pattern.compile("`([^`]+)`")
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    static List<MatchResult> find(String page, String pattern) {
        return Pattern.compile(pattern).matcher(read(page)).results().toList();
    }

    /** The anchors of a page's headings, as GitHub makes them, and those that are written out. */
    static List<String> anchors(String page) {
        return find(page, "(?m)^#+ (.+)$|<a id=\"([^\"]+)\">").stream()
                .map(found -> found.group(1) == null ? found.group(2) : anchor(found.group(1)))
                .toList();
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
