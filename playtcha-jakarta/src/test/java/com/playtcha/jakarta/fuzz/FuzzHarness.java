package com.playtcha.jakarta.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has Jazzer change inputs of each {@link FuzzTarget} in a process of its own, and writes the figures. Started by
 * {@code mvn -pl playtcha-jakarta -Pfuzz}. Arguments: how many inputs each, and for how many seconds at most; how many
 * targets at once; the page; and the targets, all of them where there is none. Ends with status 1 where a target failed.
 */
public final class FuzzHarness {
    private static final String PACKAGE = "com.playtcha.jakarta.internal.";
    private static final Map<String, String> TARGETS = new LinkedHashMap<>();

    static {
        TARGETS.put("http.AnswerFuzzTest", "Playtcha's answer: head, framing, body");
        TARGETS.put("http.RetryAfterFuzzTest", "`Retry-After` and `Date`");
        TARGETS.put("rs.TokenFuzzTest", "the token: header, form, JSON pointer");
        TARGETS.put("servlet.MultipartFuzzTest", "the token: multipart, as Jetty reads it");
        TARGETS.put("request.AcceptFuzzTest", "`Accept`, `Content-Type`, `Accept-Language`");
        TARGETS.put("config.SettingsFuzzTest", "the settings of four sources");
        TARGETS.put("late.callback.CallbackFuzzTest", "the callback: query, key, body");
        TARGETS.put("late.spool.SpoolFuzzTest", "a file of the spool");
        TARGETS.put("late.admin.MailboxFuzzTest", "a request file of the late command, on H2");
    }

    private static final Pattern DONE = Pattern.compile("Done ([0-9]+) runs in ([0-9]+) second");
    private static final Pattern COVERAGE = Pattern.compile("cov: ([0-9]+)");

    private FuzzHarness() {}

    public static void main(String[] arguments) throws Exception {
        Path work = Files.createDirectories(Path.of("target", "fuzz").toAbsolutePath());
        ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(arguments[2]));
        Map<String, Future<String>> runs = new LinkedHashMap<>();
        TARGETS.forEach((target, name) -> {
            if (arguments.length == 4 || List.of(arguments).contains(target)) {
                runs.put(name, threads.submit(() -> run(target, arguments, work)));
            }
        });
        List<String> rows = new ArrayList<>();
        boolean right = true;
        for (Map.Entry<String, Future<String>> run : runs.entrySet()) {
            String row = rowOf(run.getValue());
            right &= !row.startsWith("failed");
            rows.add("| " + run.getKey() + " | " + row + " |");
            System.out.println(rows.get(rows.size() - 1));
        }
        if (rows.size() == TARGETS.size()) {
            write(Path.of(arguments[3]), arguments, rows);
        }
        System.exit(right ? 0 : 1);
    }

    /** A reader that fails is one row, and the others still run. */
    private static String rowOf(Future<String> run) throws InterruptedException {
        try {
            return run.get();
        } catch (ExecutionException e) {
            return "failed: " + e.getCause() + " | | | | | ";
        }
    }

    private static String run(String reader, String[] limits, Path work) throws Exception {
        Path corpus = Files.createDirectories(work.resolve(reader));
        try (FuzzTarget target = JazzerTarget.create(PACKAGE + reader)) {
            target.change(8);
            Object changed = target.figures()[0];
            for (int i = 0; i < target.corpus().size(); i++) {
                Files.write(corpus.resolve("sample-" + i), target.corpus().get(i));
            }
            String log = runJazzer(reader, limits, work, corpus);
            Matcher done = DONE.matcher(log);
            if (!done.find()) {
                return "failed: see the log in target/fuzz | | | | | ";
            }
            // Whatever took a new branch once more, without what Jazzer allocates.
            try (DirectoryStream<Path> inputs = Files.newDirectoryStream(corpus)) {
                for (Path input : inputs) {
                    target.check(Files.readAllBytes(input), 0);
                }
            }
            long branches = COVERAGE.matcher(log)
                    .results()
                    .mapToLong(count -> Long.parseLong(count.group(1)))
                    .max()
                    .orElse(0);
            Object[] figures = target.figures();
            return String.format(
                    Locale.ROOT,
                    "%,d | %,d | %,d | %s s | %,d | %,d + %,d a byte",
                    changed,
                    Long.parseLong(done.group(1)),
                    branches,
                    done.group(2),
                    figures[1],
                    figures[2],
                    figures[3]);
        }
    }

    private static String runJazzer(String target, String[] limits, Path work, Path corpus) throws Exception {
        Path log = work.resolve(target + ".log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerTarget.class.getName(),
                "--target_args=" + PACKAGE + target,
                "--instrumentation_includes=com.playtcha.jakarta.internal.**",
                "--custom_hook_includes=com.playtcha.jakarta.internal.**",
                "--reproducer_path=" + work,
                "-artifact_prefix=" + work.resolve(target + "-"),
                "-runs=" + limits[0],
                "-max_total_time=" + limits[1],
                "-seed=23",
                "-timeout=60",
                "-rss_limit_mb=0",
                corpus.toString());
        Process jazzer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(jazzer::destroyForcibly));
        jazzer.waitFor();
        return Files.readString(log, StandardCharsets.ISO_8859_1);
    }

    private static void write(Path page, String[] limits, List<String> rows) throws IOException {
        Runtime machine = Runtime.getRuntime();
        Files.writeString(page, """
                # Fuzzing

                Ran on JDK %s (%s), %d processors (%s), heap 512 MB a target, %s. Jazzer 0.30.0, seed 23.
                `mvn -pl playtcha-jakarta -Pfuzz` makes it again. This run was limited to %s inputs and %s s a reader (0: no
                limit), with %s readers at once.

                Each reader of what others send was given each truncation of its samples and each flip of one of their bits,
                then inputs that Jazzer made of them while it watched which branches they took. There were
                no hangs (60 s), no false `VERIFIED` (an answer that counted was read again by a strict reader that shares
                no code with the library), no errors but those that are documented, no secret in a text, and no input that
                allocated more than its bound, kept or not. Fixed bytes are buffers, and what a start
                or a database takes; they are counted without Jazzer, for whatever took a new branch.

                | Reads | Truncations and flips | Jazzer's inputs | Branches seen | Time | Most bytes allocated | Bound |
                | --- | --- | --- | --- | --- | --- | --- |
                %s
                """.formatted(
                        System.getProperty("java.runtime.version"),
                        System.getProperty("java.vendor"),
                        machine.availableProcessors(),
                        System.getProperty("os.arch"),
                        LocalDate.now(ZoneOffset.UTC),
                        limits[0],
                        limits[1],
                        limits[2],
                        String.join("\n", rows)));
    }
}
