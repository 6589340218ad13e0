package com.playtcha.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** What README shows works: its snippets are read, compiled and loaded as a user would. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String README = read("README.md");
    private static final Map<String, String> EXPORTED = Map.of(
            "PLAYTCHA_BASE_URL", "https://playtcha.example",
            "PLAYTCHA_SECRET", "s3cret");

    @TempDir
    Path folder;

    private Path secretFile;

    @BeforeEach
    void mountSecret() throws Exception {
        secretFile = Files.writeString(folder.resolve("playtcha"), "s3cret\n");
    }

    @ParameterizedTest
    @MethodSource("xml")
    void xmlIsWellFormed(String snippet) {
        assertThat(parse(snippet).getDocumentElement().getChildNodes().getLength())
                .isPositive();
    }

    @Test
    void everyFilterIsTheLibrarysAndSupportsAsync() {
        List<Element> filters =
                xml().flatMap(snippet -> elements(parse(snippet), "filter")).toList();

        assertThat(filters).hasSizeGreaterThanOrEqualTo(3).allSatisfy(filter -> {
            assertThat(text(filter, "filter-class")).isEqualTo(PlaytchaFilter.class.getName());
            assertThat(text(filter, "async-supported")).isEqualTo("true");
        });
    }

    @ParameterizedTest
    @MethodSource("descriptors")
    void descriptorsAreSettingsThatLoad(String snippet) {
        Document document = parse(snippet);
        SettingsLoader loader = loader(params(document, "context-param"));
        elements(document, "filter")
                .forEach(filter -> loader.filter(text(filter, "filter-name"), params(filter, "init-param")));

        LoadedSettings settings = loader.load();

        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.filters().keySet())
                .isEqualTo(elements(document, "filter-mapping")
                        .map(mapping -> text(mapping, "filter-name"))
                        .collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("properties")
    void propertiesAreSettingsThatSwitchSomethingOn(String snippet) throws Exception {
        Properties properties = new Properties();
        properties.load(new StringReader(snippet));
        Map<String, String> params = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> params.put(name, mounted(properties.getProperty(name))));

        // As context-params, because there an unknown key is an error.
        LoadedSettings settings = loader(params).load();

        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.late().callbackPath() != null
                        || !settings.registrations().isEmpty())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("java")
    void javaCompiles(String snippet) {
        Matcher name = Pattern.compile("(?m)^(?:public )?class (\\w+)").matcher(snippet);
        assertThat(name.find()).isTrue();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaFileObject source =
                new SimpleJavaFileObject(
                        URI.create("string:///" + name.group(1) + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return snippet;
                    }
                };

        boolean compiled = compiler.getTask(
                        null,
                        null,
                        problems,
                        List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString()),
                        null,
                        List.of(source))
                .call();

        assertThat(problems.getDiagnostics())
                .filteredOn(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .isEmpty();
        assertThat(compiled).isTrue();
    }

    @Test
    void jsonIsJson() {
        assertThat(snippets("json")).isNotEmpty().allSatisfy(snippet -> {
            try (JsonReader json = Json.createReader(new StringReader(snippet))) {
                assertThat(json.readObject()).containsKeys("type", "title", "status", "code");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void namesEveryOutcome(Outcome outcome) {
        assertThat(README).contains("| `" + outcome + "` |");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SUCCESS", "SWITCHED_OFF"})
    void saysWhatToDoForEveryReason(Reason reason) {
        assertThat(README.lines())
                .filteredOn(line -> line.startsWith("| ") && line.contains("`" + reason + "`"))
                .as("a row of the troubleshooting tables")
                .isNotEmpty();
    }

    @Test
    void namesTheVersionThatIsBuilt() throws Exception {
        Properties version = new Properties();
        try (InputStream built = Outcome.class.getResourceAsStream("/com/playtcha/jakarta/version.properties")) {
            version.load(built);
        }

        assertThat(xml().map(ReadmeTest::parse)
                        .flatMap(document -> elements(document, "dependency"))
                        .map(dependency -> text(dependency, "version")))
                .isNotEmpty()
                .containsOnly(version.getProperty("version"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"})
    void linksLeadSomewhere(String name) {
        assertThat(Pattern.compile("]\\(([^)\\s]+)\\)")
                        .matcher(read(name))
                        .results()
                        .map(link -> link.group(1)))
                .isNotEmpty()
                .filteredOn(link -> !link.startsWith("https://"))
                .allSatisfy(link -> {
                    int fragment = link.indexOf('#');
                    String file = fragment < 0 ? link : link.substring(0, fragment);
                    assertThat(ROOT.resolve(file)).exists();
                    if (fragment >= 0) {
                        assertThat(anchors(file.isEmpty() ? name : file)).contains(link.substring(fragment + 1));
                    }
                });
    }

    private static List<String> anchors(String name) {
        return Pattern.compile("(?m)^#+ (.+)$|<a id=\"([^\"]+)\">")
                .matcher(read(name))
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : anchor(found.group(1)))
                .toList();
    }

    static Stream<String> xml() {
        return snippets("xml").stream();
    }

    static Stream<String> descriptors() {
        return xml().filter(snippet -> snippet.contains("<filter>"));
    }

    static Stream<String> properties() {
        return snippets("properties").stream();
    }

    static Stream<String> java() {
        return snippets("java").stream();
    }

    private SettingsLoader loader(Map<String, String> contextParams) {
        Map<String, String> environment = new HashMap<>();
        if (contextParams.containsKey("playtcha.callback-path")) {
            environment.put("PLAYTCHA_CALLBACK_KEY", "0123456789abcdef");
        }
        boolean outside = contextParams.keySet().stream().noneMatch(name -> name.startsWith("playtcha.secret"));
        if (outside) {
            environment.putAll(EXPORTED);
        }
        return new SettingsLoader()
                .contextParams(contextParams)
                // Without the MicroProfile Config of the test class path, which would read the real environment.
                .classLoader(ClassLoader.getPlatformClassLoader())
                .systemProperties(new Properties())
                .environment(environment::get);
    }

    private Map<String, String> params(Object parent, String element) {
        Map<String, String> params = new LinkedHashMap<>();
        elements(parent, element)
                .forEach(param -> params.put(text(param, "param-name"), mounted(text(param, "param-value"))));
        return params;
    }

    private String mounted(String value) {
        return value.replaceFirst("^/run/secrets/playtcha(-[a-z]+)?$", Matcher.quoteReplacement(secretFile.toString()));
    }

    private static Document parse(String snippet) {
        try {
            // Some snippets are several elements one after the other.
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader("<snippet>" + snippet + "</snippet>")));
        } catch (Exception e) {
            throw new IllegalArgumentException(snippet, e);
        }
    }

    private static Stream<Element> elements(Object parent, String name) {
        NodeList found = parent instanceof Document document
                ? document.getElementsByTagName(name)
                : ((Element) parent).getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements.stream();
    }

    private static String text(Element parent, String name) {
        return elements(parent, name)
                .findFirst()
                .map(Element::getTextContent)
                .orElse("")
                .strip();
    }

    /** As GitHub makes them. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static List<String> snippets(String language) {
        return Pattern.compile("(?ms)^ *```" + language + "\\n(.*?)^ *```$")
                .matcher(README)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String read(String name) {
        try {
            return Files.readString(ROOT.resolve(name), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
