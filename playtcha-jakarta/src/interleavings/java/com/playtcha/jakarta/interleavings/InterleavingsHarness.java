package com.playtcha.jakarta.interleavings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;

/**
 * Tries the concurrent parts of the library under many interleavings, with Lincheck where they do without files and sockets,
 * and writes the figures. Started by {@code mvn -pl playtcha-jakarta -Pinterleavings}. Arguments: how many scenarios each;
 * how often each is run; how many cases at once; the page; and the cases, all of them where there is none. Ends with status 1 where
 * an invariant was broken.
 */
public final class InterleavingsHarness {
    private static final String PACKAGE = "com.playtcha.jakarta.internal.";
    private static final int THREADS = 3;
    /** Begins the arguments of a process that runs one case in one mode. */
    private static final String ONE = "one";

    private static final String BROKEN = "**broken**";

    /** What a case is run with. */
    private enum Mode {
        MODEL_CHECKING,
        STRESS
    }

    /** How the results of a case are checked. */
    private enum Check {
        /** There is an order of the operations in which a single thread gets the same results from the class itself. */
        LINEARIZABLE,
        /** The same, from the nested class {@code Specification}. */
        SPECIFICATION,
        /** Only what the case validates in the end. */
        INVARIANT,
        /** The case checks by itself, and does without Lincheck. */
        OWN
    }

    private record Case(String name, String subject, String invariant, Check check) {}

    private static final List<Case> CASES = List.of(
            new Case(
                    "gate.BreakerProbeInterleavings",
                    "`Breaker`, open and due",
                    "at most one probe at once; no end of a probe, and none without an end, keeps it half open; each change"
                            + " is reported once and in order",
                    Check.LINEARIZABLE),
            new Case(
                    "gate.BreakerOpeningInterleavings",
                    "`Breaker`, one failure before it opens",
                    "opens once and is closed by a reset; calls from before a change do not count after it; each change is"
                            + " reported once and in order",
                    Check.LINEARIZABLE),
            new Case(
                    "gate.ThrottleWindowInterleavings",
                    "`ThrottleWindow`",
                    "a 429 lengthens a window and never shortens it; opens and ends are reported alternately, once each",
                    Check.LINEARIZABLE),
            new Case(
                    "gate.PermitsInterleavings",
                    "`CallAdmission`, `max-concurrent=2`",
                    "never more than two permits; all are back in the end",
                    Check.LINEARIZABLE),
            new Case(
                    "gate.PermitsAndBreakerInterleavings",
                    "`CallAdmission` with a breaker that probes",
                    "a request that the breaker refuses gives its permit back; one that is cancelled does not keep the"
                            + " breaker half open",
                    Check.LINEARIZABLE),
            new Case(
                    "gate.FailOpenBudgetInterleavings",
                    "`FailOpenBudget`, two a minute",
                    "never more than two in any minute; a request that is denied after all gives back its own place",
                    Check.SPECIFICATION),
            new Case(
                    "gate.ReplayGuardInterleavings",
                    "`ReplayGuard`",
                    "a token is allowed unverified once in five minutes, also with the next secret",
                    Check.LINEARIZABLE),
            new Case(
                    "gate.VerifiedTokensInterleavings",
                    "`VerifiedTokens`",
                    "a verified token is found for ten seconds",
                    Check.LINEARIZABLE),
            new Case(
                    "challenge.SessionPassInterleavings",
                    "`SessionPasses`, of one session",
                    "a pass is used once, the last one too",
                    Check.LINEARIZABLE),
            new Case(
                    "challenge.FirstSessionPassInterleavings",
                    "`SessionPasses`, of a session that gets its id",
                    "no more passes are used than were granted",
                    Check.INVARIANT),
            new Case(
                    "challenge.RecentFailuresInterleavings",
                    "`RecentFailures`",
                    "each failure within the window counts once, until a success",
                    Check.LINEARIZABLE),
            new Case(
                    "late.engine.RateLimiterInterleavings",
                    "`RateLimiter`, `Pause`",
                    "failures at once count as one; a pause is not shortened by a failure; the limit is kept",
                    Check.LINEARIZABLE),
            new Case(
                    "late.engine.PauseOrderInterleavings",
                    "`EngineContext`, `LateMetrics.isPaused`",
                    "no heartbeat under way undoes an operator's order",
                    Check.LINEARIZABLE),
            new Case(
                    "late.engine.HeartbeatInterleavings",
                    "`EngineContext`, heartbeats at once",
                    "a heartbeat that hung undoes nothing that a later one read",
                    Check.LINEARIZABLE),
            new Case(
                    "late.engine.SpoolStress",
                    "`ResultSpool`, `SpoolDirectory` on a disk",
                    "an acknowledged result is always in the spool or in the store; the store has each once in the end, and"
                            + " the spool is empty",
                    Check.OWN),
            new Case(
                    "http.ConnectionPoolStress",
                    "`ConnectionPool` on loopback",
                    "a connection is used by one call at once; no call that was ended hands one back; as many are kept as"
                            + " the pool has room for; all are closed in the end",
                    Check.OWN));

    private InterleavingsHarness() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals(ONE)) {
            runOne(Integer.parseInt(arguments[1]), Mode.valueOf(arguments[2]), arguments);
            return;
        }
        List<String> names = Arrays.asList(arguments).subList(4, arguments.length);
        Path logs = Files.createDirectories(Path.of("target", "interleavings").toAbsolutePath());
        ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(arguments[2]));
        long start = System.nanoTime();
        List<Future<String>> runs = new ArrayList<>();
        for (int i = 0; i < CASES.size(); i++) {
            Case each = CASES.get(i);
            int index = i;
            if (names.isEmpty() || names.contains(each.name)) {
                for (Mode mode : each.check == Check.OWN ? List.of(Mode.STRESS) : List.of(Mode.values())) {
                    runs.add(threads.submit(() -> start(index, mode, arguments, logs)));
                }
            }
        }
        List<String> rows = new ArrayList<>();
        for (Future<String> run : runs) {
            rows.add(run.get());
        }
        threads.shutdown();
        if (names.isEmpty()) {
            write(Path.of(arguments[3]), arguments, secondsSince(start), rows);
        }
        System.exit(rows.stream().noneMatch(row -> row.contains(BROKEN)) ? 0 : 1);
    }

    /** Runs a case in a process of its own: Lincheck changes classes, and takes long where many are loaded. */
    private static String start(int index, Mode mode, String[] arguments, Path logs) throws Exception {
        Case each = CASES.get(index);
        long began = System.nanoTime();
        Path log = logs.resolve(each.name + "-" + mode + ".log");
        String separator = System.getProperty("path.separator");
        // Without a binding SLF4J drops the lines, whose writing is no subject here and would be explored too.
        String classPath = Stream.of(System.getProperty("java.class.path").split(separator))
                .filter(entry -> !entry.contains("logback"))
                .collect(Collectors.joining(separator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        // As with the tests: the optimizing compiler would cost more than it saves.
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:+EnableDynamicAgentLoading",
                        "--add-opens=java.base/java.util.regex=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        InterleavingsHarness.class.getName(),
                        ONE,
                        String.valueOf(index),
                        mode.name(),
                        arguments[0],
                        arguments[1])
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        boolean right = process.waitFor() == 0;
        String row = "| %s | %s | %s | %s | %d s | %s |"
                .formatted(
                        each.subject,
                        each.invariant,
                        label(mode),
                        right ? figures(each, mode, arguments) : BROKEN,
                        secondsSince(began),
                        Runtime.version().feature());
        System.out.println(row);
        if (!right) {
            try (Stream<String> lines = Files.lines(log)) {
                lines.limit(100).forEach(System.out::println);
            }
            System.out.println("The rest is in " + log);
        }
        return row;
    }

    private static void runOne(int index, Mode mode, String[] arguments) {
        int status = 1;
        try {
            run(CASES.get(index), mode, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
            status = 0;
        } catch (Throwable e) {
            e.printStackTrace(System.out);
        }
        System.exit(status);
    }

    private static long secondsSince(long began) {
        return Duration.ofNanos(System.nanoTime() - began).toSeconds();
    }

    private static String label(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String figures(Case each, Mode mode, String[] arguments) {
        int scenarios = Integer.parseInt(arguments[0]);
        if (each.check == Check.OWN) {
            return "%,d rounds".formatted(scenarios);
        }
        String upTo = mode == Mode.MODEL_CHECKING ? "up to " : "";
        return "%,d scenarios, %s%,d runs each".formatted(scenarios, upTo, Integer.parseInt(arguments[1]));
    }

    private static void run(Case each, Mode mode, int scenarios, int interleavings) throws Exception {
        Class<?> type = Class.forName(PACKAGE + each.name);
        if (each.check == Check.OWN) {
            ((StressCase) type.getConstructor().newInstance()).run(scenarios);
        } else if (mode == Mode.STRESS) {
            check(new StressOptions(), each, type, scenarios, interleavings);
        } else {
            ModelCheckingOptions options = new ModelCheckingOptions()
                    // The breaker has a hundred buckets, which a loop without progress does not have.
                    .loopBound(10_000)
                    .loopIterationsBeforeThreadSwitch(1_000)
                    // It is called with the lock held, and its loops would take most of the time.
                    .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(PACKAGE + "gate.Breaker")
                            .methods("currentBucket")
                            .treatAsAtomic())
                    // What is logged is no result.
                    .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(PACKAGE + "gate.GuardLog")
                            .allMethods()
                            .ignore());
            check(options, each, type, scenarios, interleavings);
        }
    }

    private static <O extends Options<O, ?>> void check(
            O options, Case each, Class<?> type, int scenarios, int interleavings) throws ClassNotFoundException {
        options.iterations(scenarios)
                .invocationsPerIteration(interleavings)
                .threads(THREADS)
                .actorsPerThread(2)
                .actorsBefore(2)
                .actorsAfter(2);
        if (each.check == Check.SPECIFICATION) {
            options.sequentialSpecification(Class.forName(type.getName() + "$Specification"));
        } else if (each.check == Check.INVARIANT) {
            options.verifier(EpsilonVerifier.class);
        }
        options.check(type);
    }

    private static void write(Path page, String[] arguments, long seconds, List<String> rows) throws IOException {
        Runtime machine = Runtime.getRuntime();
        Files.writeString(page, """
                # Interleavings

                Ran on JDK %s (%s), %d processors (%s), %s, in %d s. Lincheck 3.7.
                `mvn -pl playtcha-jakarta -Pinterleavings` makes it again. This run tried %s scenarios a row and ran each %s times,
                with %s rows at once.

                A scenario is a random choice of operations: two before, two by each of %d threads at once, and two after. In
                mode *model checking* Lincheck switches threads at chosen reads and writes of shared memory, another way in each
                run; in mode *stress* they run as the machine has it. Then there has to be an order of the operations, one
                after the other, that gives the same results, and the row's invariant is checked once all have ended. Time is
                an operation too, which moves the clock that the class reads. The last two rows use real files and sockets, which
                Lincheck cannot control: their threads run freely, and the invariant is looked at meanwhile and in the end.

                | Class | Invariant | Mode | Tried | Time | JDK |
                | --- | --- | --- | --- | --- | --- |
                %s
                """.formatted(
                        System.getProperty("java.runtime.version"),
                        System.getProperty("java.vendor"),
                        machine.availableProcessors(),
                        System.getProperty("os.arch"),
                        LocalDate.now(ZoneOffset.UTC),
                        seconds,
                        arguments[0],
                        arguments[1],
                        arguments[2],
                        THREADS,
                        String.join("\n", rows)));
    }
}
