package com.playtcha.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.File;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.yaml.snakeyaml.Yaml;

/** The snippets of README and of the pages under docs/ are parsed, compiled and loaded as a user would do it. */
class DocsTest {
    /** A servlet for the lines of a {@code doPost}. */
    private static final String PAGE = """
            import com.playtcha.jakarta.*;
            import jakarta.servlet.http.*;
            class Page extends HttpServlet {
                @Override
                protected void doPost(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
                    %s
                }
            }
            """;

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

        assertThat(filters).hasSizeGreaterThanOrEqualTo(2).allSatisfy(filter -> {
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
    void propertiesAreSettingsThatLoad(String snippet) throws Exception {
        Properties properties = new Properties();
        properties.load(new StringReader(snippet));
        Map<String, String> params = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> params.put(name, mounted(properties.getProperty(name))));

        // As context-params, because there an unknown key is an error.
        LoadedSettings settings = loader(params).load();

        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.isInUse()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("java")
    void javaCompiles(String snippet) {
        Matcher name = Pattern.compile("(?m)^(?:public )?class (\\w+)").matcher(snippet);
        List<JavaFileObject> sources = new ArrayList<>();
        sources.add(name.find() ? source(name.group(1), snippet) : source("Page", PAGE.formatted(snippet)));
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        String classPath = System.getProperty("java.class.path") + File.pathSeparator + System.getProperty("page.jar");

        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        problems,
                        List.of("-proc:none", "-cp", classPath, "-d", folder.toString()),
                        null,
                        sources)
                .call();

        assertThat(problems.getDiagnostics())
                .filteredOn(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .isEmpty();
        assertThat(compiled).isTrue();
    }

    private static JavaFileObject source(String type, String text) {
        return new SimpleJavaFileObject(URI.create("string:///" + type + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    @Test
    void theTestOfTheTestingPageIsOneThatRuns() throws Exception {
        String source = Files.readString(
                Path.of("src", "test", "java", "com", "playtcha", "jakarta", "example", "SignUpTest.java"));
        String code = source.substring(source.indexOf("import static"));

        assertThat(Pages.snippets("docs/testing.md", "java")).contains(code);
    }

    @Test
    void jsonIsProblemDetails() {
        assertThat(snippets("json")).isNotEmpty().allSatisfy(snippet -> {
            try (JsonReader json = Json.createReader(new StringReader(snippet))) {
                assertThat(json.readObject()).containsKeys("type", "title", "status", "code");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void yamlIsWellFormed(String snippet) {
        assertThat(new Yaml().<Object>load(snippet)).isInstanceOf(Map.class);
    }

    @Test
    void namesTheVersionThatIsBuilt() throws Exception {
        Properties version = new Properties();
        try (InputStream built = Outcome.class.getResourceAsStream("/com/playtcha/jakarta/version.properties")) {
            version.load(built);
        }

        assertThat(xml().map(DocsTest::parse)
                        .flatMap(document -> elements(document, "dependency"))
                        .filter(dependency -> text(dependency, "groupId").equals("com.playtcha"))
                        .map(dependency -> text(dependency, "version")))
                .isNotEmpty()
                .containsOnly(version.getProperty("info.release"));
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

    static Stream<String> yaml() {
        return snippets("yaml").stream();
    }

    static Stream<String> java() {
        return snippets("java").stream();
    }

    private static List<String> snippets(String language) {
        return Pages.ALL.stream()
                .flatMap(page -> Pages.snippets(page, language).stream())
                .toList();
    }

    private SettingsLoader loader(Map<String, String> contextParams) {
        Map<String, String> environment = new HashMap<>();
        if (contextParams.containsKey("playtcha.callback-path")) {
            environment.put("PLAYTCHA_CALLBACK_KEY", "0123456789abcdef");
        }
        if (contextParams.keySet().stream().noneMatch(name -> name.startsWith("playtcha.secret"))) {
            environment.put("PLAYTCHA_SECRET", "s3cret");
        }
        if (!contextParams.containsKey("playtcha.base-url")) {
            environment.put("PLAYTCHA_BASE_URL", "https://playtcha.example");
        }
        return new SettingsLoader()
                .contextParams(contextParams)
                // Without the MicroProfile Config of the test class path, which would read the real environment.
                .classLoader(ClassLoader.getPlatformClassLoader())
                .platform(new Properties(), environment);
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
}
