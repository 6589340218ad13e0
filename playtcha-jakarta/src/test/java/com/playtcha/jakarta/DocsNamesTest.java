package com.playtcha.jakarta;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.metrics.Metric;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** README and the pages under docs/ name only what there is: settings, attributes, reasons, classes, methods, links. */
class DocsNamesTest {
    private static final Set<String> KEYS = Pages.find("docs/settings.md", "(?m)^\\| `([a-z-]+)` \\|").stream()
            .map(found -> found.group(1))
            .collect(toSet());

    private static final Set<String> ATTRIBUTES = Set.of(
            "required",
            "name",
            "result",
            "outcome",
            "allowed",
            "degraded",
            "error-code",
            "request-id",
            "deferral-id",
            "language",
            "method",
            "title",
            "detail",
            "late");

    /** Words with a hyphen or in capitals that are not ours. */
    private static final Set<String> OTHERS = Set.of(
            "absolute-ordering",
            "async-supported",
            "context-param",
            "error-page",
            "filter-mapping",
            "init-param",
            "multipart-config",
            "request-character-encoding",
            "url-pattern",
            "http-thread-pool",
            "max-thread-pool-size",
            "task-max-threads",
            "jetty-ee10-annotations",
            "jetty-ee11-annotations",
            "quarkus-rest",
            "slf4j-jdk14",
            "weld-servlet-shaded",
            "playtcha-jakarta",
            "playtcha-jakarta-it",
            "playtcha-response",
            "playtcha-error-page",
            "spring-boot-starter-actuator",
            "dead-letter",
            "test-secret",
            "ok-degraded",
            "db-error",
            "rate-limited-5",
            "slow-700ms-1",
            "no-store",
            "proxy-address-forwarding",
            "g-recaptcha-response",
            "h-captcha-response",
            "cf-turnstile-response",
            "error-codes",
            "missing-input-response",
            "invalid-input-response",
            "bad-request",
            "timeout-or-duplicate",
            "missing-input-secret",
            "invalid-input-secret",
            "internal-error",
            "recaptcha-spring-boot-starter",
            "ds-spring-cf-turnstile",
            "spring-cloud-starter-gateway-server-webmvc",
            "spring-recaptcha");

    /** The metrics and their attributes. */
    private static final Set<String> METRICS = Stream.concat(
                    Arrays.stream(Metric.values()).map(metric -> metric.key),
                    Stream.of("playtcha.guard", "playtcha.state", "playtcha.result"))
            .collect(toSet());

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("com.playtcha.jakarta");

    @ParameterizedTest
    @MethodSource("pages")
    void settingsAreReal(String page) {
        Set<String> environment = KEYS.stream()
                .map(key -> key.toUpperCase(java.util.Locale.ROOT).replace('-', '_'))
                .collect(toSet());

        assertThat(Pages.find(page, "\\bPLAYTCHA_(GUARDS_[A-Z]+_)?([A-Z_]+)"))
                .extracting(found -> found.group(2))
                .isSubsetOf(environment);
        assertThat(Pages.find(page, "(?<![\\w./@{-])playtcha\\.(guards\\.[a-z<>]+\\.)?([a-z][a-z-]+)\\b(?!\\.)(?!\\()"))
                .extracting(found -> found.group(2))
                .filteredOn(name -> !ATTRIBUTES.contains(name)
                        && !METRICS.contains("playtcha." + name)
                        && !Set.of("example", "error", "reason", "war").contains(name))
                .isSubsetOf(KEYS);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void wordsInCodeAreReal(String page) {
        Set<String> known = new HashSet<>(KEYS);
        known.addAll(OTHERS);
        Arrays.stream(Reason.values()).map(Reason::getLabel).forEach(known::add);

        assertThat(Pages.code(page))
                .map(code -> code.replaceFirst("=.*", ""))
                .filteredOn(code -> code.matches("[a-z]+(-[a-z0-9]+)+"))
                .isSubsetOf(known);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void outcomesAndStatesAreReal(String page) {
        Set<String> known = Stream.of(Outcome.values(), LateOutcome.values(), LateState.values(), BreakerState.values())
                .flatMap(Arrays::stream)
                .map(Enum::name)
                .collect(toSet());

        assertThat(Pages.code(page))
                .filteredOn(code -> code.matches("[A-Z]+(_[A-Z]+)*") && !code.startsWith("PLAYTCHA_"))
                .filteredOn(code -> !Set.of(
                                "GET",
                                "HEAD",
                                "OPTIONS",
                                "TRACE",
                                "POST",
                                "PUT",
                                "PATCH",
                                "CONNECT",
                                "FORWARD",
                                "REQUEST",
                                "INCLUDE",
                                "ERROR",
                                "ASYNC",
                                "UPDATE",
                                "COMMIT",
                                "ADMIN",
                                "WARN",
                                "INFO",
                                "DEBUG",
                                "LOST",
                                "TWICE",
                                "WRONG",
                                "TORN",
                                "UNFINISHED",
                                "TIME_WAIT")
                        .contains(code))
                .isSubsetOf(known);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void classesAreReal(String page) {
        assertThat(Pages.find(page, "\\bcom[./]playtcha[./]jakarta(?:[./]\\w+)*"))
                .extracting(found -> found.group().replace('/', '.'))
                .allMatch(DocsNamesTest::isClassOrPackage);
    }

    private static boolean isClassOrPackage(String name) {
        return CLASSES.contain(name)
                || CLASSES.containPackage(name)
                || name.endsWith(".version")
                || name.equals("com.playtcha.jakarta.testkit.contract")
                || name.startsWith("com.playtcha.jakarta.internal.late.jdbc.schema");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void methodsAreReal(String page) {
        Pattern call = Pattern.compile("(?:^|[^\\w.])([A-Z]\\w+)\\.(\\w+)\\(");
        assertThat(Pages.code(page)).allSatisfy(code -> {
            Matcher found = call.matcher(code);
            while (found.find()) {
                String type = found.group(1);
                String method = found.group(2);
                List<JavaClass> named = CLASSES.stream()
                        .filter(each -> each.getSimpleName().equals(type))
                        .toList();
                if (!named.isEmpty()) {
                    assertThat(named.get(0).getAllMethods()).extracting("name").contains(method);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("pages")
    void typesAreReal(String page) {
        Set<String> known = CLASSES.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getSimpleName)
                .collect(toSet());

        assertThat(Pages.code(page))
                .map(code -> code.replaceFirst("^@", "").replaceFirst("[.(].*", ""))
                .filteredOn(code -> code.matches("(Playtcha|Late[A-Z]|DeadLetters|Verification|Breaker|Throttle)\\w*"))
                .filteredOn(code -> !code.endsWith("Test"))
                .isSubsetOf(known);
    }

    /** A page that says which test shows something. */
    @Test
    void testsAreReal() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            Set<String> tests = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(toSet());

            assertThat(Pages.code("docs/threats.md"))
                    .filteredOn(code -> code.endsWith("Test"))
                    .isNotEmpty()
                    .isSubsetOf(tests);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readmeNamesEveryOutcome(Outcome outcome) {
        assertThat(Pages.read("README.md")).contains("| `" + outcome + "` |");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SUCCESS", "SWITCHED_OFF"})
    void theTroubleshootingPageSaysWhatToDoForEveryReason(Reason reason) {
        assertThat(Pages.read("docs/troubleshooting.md").lines())
                .filteredOn(line -> line.startsWith("| ") && line.contains("`" + reason.getLabel() + "`"))
                .isNotEmpty();
    }

    @Test
    void contributingListsEveryPackage() {
        String root = "com.playtcha.jakarta";
        Set<String> packages = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(root) && !name.startsWith(root + ".testkit"))
                .map(name -> name.substring(root.length()))
                .collect(toSet());

        assertThat(Pages.find("CONTRIBUTING.md", "(?m)^\\| `(\\.[a-z.]+)` \\|"))
                .extracting(found -> found.group(1))
                .containsExactlyInAnyOrderElementsOf(packages);
    }

    @ParameterizedTest
    @EnumSource
    void theObservabilityPageHasEveryMetric(Metric metric) {
        assertThat(Pages.read("docs/observability.md")).contains("| `" + metric.key + "` |");
    }

    @Test
    void readmeStaysShort() {
        assertThat(Pages.read("README.md").lines().count()).isLessThanOrEqualTo(320);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(String page) {
        assertThat(Pages.find(page, "]\\(([^)\\s]+)\\)"))
                .extracting(link -> link.group(1))
                .filteredOn(link -> !link.startsWith("https://"))
                .allSatisfy(link -> {
                    int fragment = link.indexOf('#');
                    String file = fragment < 0 ? link : link.substring(0, fragment);
                    Path target = file.isEmpty()
                            ? Path.of(page)
                            : Path.of(page).resolveSibling(file).normalize();
                    assertThat(Pages.ROOT.resolve(target)).exists();
                    if (fragment >= 0) {
                        assertThat(Pages.anchors(target.toString())).contains(link.substring(fragment + 1));
                    }
                });
    }

    /** All but the contract, which names what is planned too. */
    static List<String> pages() {
        return Pages.ALL.stream()
                .filter(page -> !page.equals("docs/contract.md"))
                .toList();
    }
}
