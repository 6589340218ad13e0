package com.playtcha.jakarta.mutation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has PIT change the code of one package after the other and look whether a test fails, and writes the figures. Started by
 * {@code mvn -pl playtcha-jakarta -Pmutation}. Arguments: how many threads; the page; and the packages, all of them where
 * there is none. Ends with status 1 where a package's score is below its floor.
 */
public final class MutationHarness {
    private static final String INTERNAL = "com.playtcha.jakarta.internal.";
    private static final Pattern STATUS = Pattern.compile("<mutation [^>]*status='([A-Z_]+)'");

    /**
     * A package, the tests that are run against each of its mutants, and the score in percent that it must not fall below.
     * A test that starts a server, a browser, a process or a database of its own is in no row: run for each mutant that it
     * reaches, it would take hours, and it fails for reasons that are not the mutant's. Patterns begin below
     * {@code internal}.
     */
    private record Target(String name, List<String> tests, List<String> excluded, int floor) {}

    private static final List<Target> TARGETS = List.of(
            new Target(
                    "gate",
                    List.of(
                            "gate.*",
                            "runtime.GuardTest",
                            "runtime.GuardLogTest",
                            "runtime.ObserversTest",
                            "runtime.VerifyAsyncTest"),
                    List.of(),
                    85),
            new Target("json", List.of("json.*"), List.of(), 93),
            new Target("config", List.of("config.*"), List.of("config.NeverASecretTest", "config.SettingsFuzzTest"), 0),
            new Target(
                    "http",
                    List.of("http.HttpUpstream*Test", "http.HttpTaskClientTest", "http.LocalResourcesTest"),
                    List.of(),
                    0),
            new Target("late.store", List.of("late.store.*Test", "late.jdbc.H2LateStoreTest"), List.of(), 90),
            new Target("late.engine", List.of("late.engine.*"), List.of("late.engine.WorstDayTest"), 0));

    private MutationHarness() {}

    public static void main(String[] arguments) throws Exception {
        Path page = Path.of(arguments[1]);
        List<String> wanted = Arrays.stream(arguments)
                .skip(2)
                .flatMap(names -> Arrays.stream(names.split(",")))
                .toList();
        List<String> names = TARGETS.stream().map(Target::name).toList();
        if (!names.containsAll(wanted)) {
            System.err.println("-Dmutation.classes is a list of these: " + String.join(",", names));
            System.exit(2);
        }
        boolean right = true;
        for (Target target : TARGETS) {
            if (wanted.isEmpty() || wanted.contains(target.name)) {
                right &= run(target, arguments[0], page);
            }
        }
        System.exit(right ? 0 : 1);
    }

    private static boolean run(Target target, String threads, Path page) throws Exception {
        Path work = Files.createDirectories(
                Path.of("target", "mutation", target.name).toAbsolutePath());
        Path figures = work.resolve("mutations.xml");
        Files.deleteIfExists(figures);
        Process pit = new ProcessBuilder(command(target, threads, work))
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(pit::destroy));
        if (pit.waitFor() != 0 || !Files.exists(figures)) {
            System.out.println(target.name + ": PIT ended with an error; see " + work.resolve("log"));
            return false;
        }
        Map<String, Integer> statuses = new TreeMap<>();
        STATUS.matcher(Files.readString(figures))
                .results()
                .forEach(mutant -> statuses.merge(mutant.group(1), 1, Integer::sum));
        int mutants = statuses.values().stream().mapToInt(Integer::intValue).sum();
        int survived = statuses.getOrDefault("SURVIVED", 0);
        int uncovered = statuses.getOrDefault("NO_COVERAGE", 0);
        double score = 100.0 * (mutants - survived - uncovered) / mutants;
        String row = String.format(
                Locale.ROOT,
                "| `%s` | %,d | %,d | %,d | %,d | %,d | %.1f %% | %d %% | %s, %s | `mvn -pl playtcha-jakarta -Pmutation"
                        + " -Dmutation.classes=%s` |",
                target.name,
                mutants,
                mutants - survived - uncovered,
                statuses.getOrDefault("TIMED_OUT", 0),
                survived,
                uncovered,
                score,
                target.floor,
                System.getProperty("java.runtime.version"),
                LocalDate.now(ZoneOffset.UTC),
                target.name);
        System.out.println(row);
        write(page, target, row);
        if (score < target.floor) {
            System.out.println(target.name + ": the score is below " + target.floor + " %; the survivors are in "
                    + work.resolve("index.html"));
        }
        return score >= target.floor;
    }

    private static List<String> command(Target target, String threads, Path work) {
        // Without spring-web, as in the normal build, whose tests would otherwise find an application of Spring Boot.
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("spring-web-"))
                .collect(Collectors.joining(File.pathSeparator));
        Map<String, String> options = new LinkedHashMap<>();
        options.put("targetClasses", INTERNAL + target.name + ".*");
        options.put("targetTests", patterns(target.tests));
        if (!target.excluded.isEmpty()) {
            options.put("excludedTestClasses", patterns(target.excluded));
        }
        options.put(
                "mutableCodePaths",
                Path.of("target", "classes").toAbsolutePath().toString());
        options.put("sourceDirs", Path.of("src", "main", "java").toString());
        options.put("reportDir", work.toString());
        options.put("timestampedReports", "false");
        options.put("outputFormats", "XML,HTML");
        options.put("useClasspathJar", "true");
        options.put("threads", threads);
        // Many tests wait for a connection or a second, and take longer on a busy machine.
        options.put("timeoutConst", "6000");
        options.put("timeoutFactor", "1.5");
        options.put("jvmArgs", "-Xmx1g,-Djdk.httpclient.allowRestrictedHeaders=connection");
        return Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                classPath,
                                "org.pitest.mutationtest.commandline.MutationCoverageReport"),
                        options.entrySet().stream()
                                .flatMap(option -> Stream.of("--" + option.getKey(), option.getValue())))
                .toList();
    }

    private static String patterns(List<String> names) {
        return names.stream().map(name -> INTERNAL + name).collect(Collectors.joining(","));
    }

    /** Replaces the package's row, and leaves the rows of others and what the page says of survivors. */
    private static void write(Path page, Target target, String row) throws IOException {
        String start = "| `" + target.name + "` |";
        List<String> lines = Files.readAllLines(page).stream()
                .map(line -> line.startsWith(start) ? row : line)
                .toList();
        if (!lines.contains(row)) {
            throw new IOException(page + " has no row for " + target.name);
        }
        Files.write(page, lines);
    }
}
