package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.it.bench.Report;
import com.playtcha.jakarta.it.bench.guard.Children;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The mixed load: a server in a process of its own, a service that breaks in turns, and what each sample shows. */
final class Soak {
    private static final long SAMPLE_SECONDS = 10;

    /** A late verdict may wait for the end of a token's five minutes. */
    private static final Duration DRAIN = Duration.ofMinutes(8);

    /** The store is as large as it gets once items are older than this, and purged in the pace of the purge. */
    private static final Duration STORE_SETTLES = SoakServer.RETENTION.plusMinutes(1);

    /** Without faults, at a quarter of the rate; judged, but not sampled. */
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    /** The server has started up by then, and idle threads and sessions have ended. */
    private static final Duration SETTLES = Duration.ofMinutes(2);

    private final double minutes;
    private final int perSecond;
    private final long seed;

    private final Series requests = new Series("guarded requests a second", "");
    private final Series guardedP99 = new Series("p99 of a guarded request", "ms");
    private final Series otherP99 = new Series("p99 of the other page", "ms");
    private final Series load = new Series("load average of the machine", "");
    private final Series heap = new Series("heap after a full collection", "MB", 1.10, 3);
    private final Series threads = new Series("threads", "", 1.05, 10);
    private final Series descriptors = new Series("file descriptors", "", 1.10, 16);
    private final Series visitorConnections = new Series("connections of visitors", "", 1.25, 16);
    private final Series serviceConnections = new Series("connections to the service", "", 1.25, 16);
    private final Series rows = new Series("rows of the store", "", 1.15, 200);

    /** A file of less than 32 MB is not compacted while the application runs. */
    private final Series file = new Series("file of the store", "MB", 1.15, 32);

    private final List<Series> all = List.of(
            requests,
            guardedP99,
            otherP99,
            load,
            heap,
            threads,
            descriptors,
            visitorConnections,
            serviceConnections,
            rows,
            file);
    private final List<String> failures = new ArrayList<>();

    Soak(double minutes, int perSecond, long seed) {
        this.minutes = minutes;
        this.perSecond = perSecond;
        this.seed = seed;
    }

    /** Runs it, adds a chapter to the report, and returns what failed. */
    List<String> run(Report report) throws Exception {
        long runNanos = (long) (minutes * 60e9);
        // The callbacks of all calls run here too; none of them waits for another.
        ScheduledThreadPoolExecutor scheduler =
                (ScheduledThreadPoolExecutor) Executors.newScheduledThreadPool(4, Soak::daemon);
        Tokens tokens = new Tokens();
        try (FaultyService service = new FaultyService(tokens, seed, runNanos / 1_000_000);
                Children children = new Children(Path.of("target", "soak-server.log"))) {
            Path directory = Files.createTempDirectory("soak-late");
            int port = Integer.parseInt(
                    children.start(List.of(), SoakServer.class, List.of(), service.baseUrl(), directory.toString()));
            Judge judge = new Judge(service);
            LateWork late = new LateWork(scheduler, judge, seed);
            Visitors visitors =
                    new Visitors(URI.create("http://127.0.0.1:" + port), tokens, judge, late, seed, scheduler);
            visitors.arrive(perSecond / 4.0, System.nanoTime() + WARM_UP.toNanos());
            visitors.guarded().drain();
            visitors.other().drain();
            service.breakInTurns(scheduler);
            long begin = System.nanoTime();
            long end = begin + runNanos;
            Thread sampler = daemon(() -> sample(begin, end, visitors, service, late, tokens, judge));
            sampler.start();
            visitors.arrive(perSecond, end);
            sampler.join();
            service.heal();
            drain(visitors, late);
            judge.settle(true);
            check(judge, late, visitors);
            write(report, judge, late, service);
        } finally {
            scheduler.shutdownNow();
        }
        return failures;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    private void sample(
            long begin, long end, Visitors visitors, FaultyService service, LateWork late, Tokens tokens, Judge judge) {
        long last = begin;
        long due = begin;
        while (due + SAMPLE_SECONDS * 1_000_000_000 <= end) {
            due += SAMPLE_SECONDS * 1_000_000_000;
            try {
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                String[] figures = visitors.fetch("/figures").split(" ");
                long now = System.nanoTime();
                double minute = (now - begin) / 60e9;
                double[] guarded = visitors.guarded().drain();
                requests.add(minute, guarded[0] * 1e9 / (now - last));
                guardedP99.add(minute, guarded[1]);
                otherP99.add(minute, visitors.other().drain()[1]);
                load.add(minute, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
                last = now;
                heap.add(minute, Double.parseDouble(figures[0]) / (1 << 20));
                threads.add(minute, Double.parseDouble(figures[1]));
                descriptors.add(minute, Double.parseDouble(figures[2]));
                visitorConnections.add(minute, Double.parseDouble(figures[3]));
                serviceConnections.add(minute, service.connections());
                rows.add(minute, Double.parseDouble(figures[4]));
                file.add(minute, Double.parseDouble(figures[5]) / (1 << 20));
                collectHandled(visitors, late);
                tokens.forget();
                judge.settle(false);
                System.out.printf(
                        Locale.ROOT,
                        "%5.1f min  %3.0f/s  p99 %.0f and %.1f ms  heap %.1f MB  threads %s  descriptors %s"
                                + "  rows %s  file %.1f MB  late %d  wrong %d%n",
                        minute,
                        guarded[0] / SAMPLE_SECONDS,
                        guarded[1],
                        otherP99.points().isEmpty()
                                ? 0
                                : otherP99.points().get(otherP99.points().size() - 1)[1],
                        Double.parseDouble(figures[0]) / (1 << 20),
                        figures[1],
                        figures[2],
                        figures[4],
                        Double.parseDouble(figures[5]) / (1 << 20),
                        late.outstanding(),
                        judge.wrongs());
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                // A sample may be missing, but not without a trace.
                judge.wrong("no figures: " + e);
            }
        }
    }

    private static void collectHandled(Visitors visitors, LateWork late) throws Exception {
        for (String line : visitors.fetch("/handled").split("\\R")) {
            String[] parts = line.split(" ");
            if (parts.length == 3) {
                late.handled(parts[0], parts[1], parts[2]);
            }
        }
        late.settle();
    }

    private static void drain(Visitors visitors, LateWork late) throws Exception {
        long end = System.nanoTime() + DRAIN.toNanos();
        System.out.println("waiting for " + late.outstanding() + " late results");
        do {
            TimeUnit.SECONDS.sleep(1);
            collectHandled(visitors, late);
        } while ((visitors.inFlight() > 0 || !late.isOver()) && System.nanoTime() < end);
    }

    private void check(Judge judge, LateWork late, Visitors visitors) {
        if (judge.wrongs() > 0) {
            failures.add(judge.wrongs() + " wrong decisions or failed requests of " + judge.judged() + ", such as "
                    + judge.examples());
        }
        if (late.outstanding() > 0) {
            failures.add(late.outstanding() + " acknowledged items were not handled " + DRAIN.toMinutes()
                    + " minutes after the end: " + late.outstandingIds());
        }
        if (visitors.inFlight() > 0) {
            failures.add(visitors.inFlight() + " requests were not answered");
        }
        if (late.unknownVerdicts() > late.untracked()) {
            failures.add(
                    late.unknownVerdicts() + " verdicts came for visitors who were not let in without one, and only "
                            + late.untracked() + " were let in without an id");
        }
        for (Series series : all) {
            if (isJudged(series) && !series.isFlat(minutes)) {
                failures.add(series.name + " grows: median " + Report.figure(series.median(1, minutes))
                        + " in the second quarter, " + Report.figure(series.median(3, minutes))
                        + " in the last; allowed are " + series.tolerance());
            }
        }
    }

    /** What the store keeps can be flat only once its oldest items are gone, before the second quarter begins. */
    private boolean isJudged(Series series) {
        boolean store = series == rows || series == file;
        Duration settles = store ? STORE_SETTLES : SETTLES;
        return series.mustBeFlat() && minutes * 60 / 4 >= settles.toSeconds();
    }

    private void write(Report report, Judge judge, LateWork late, FaultyService service) throws IOException {
        String faults = EnumSet.complementOf(EnumSet.of(Phase.OK)).stream()
                .map(phase -> phase.description + " (" + service.count(phase) + ")")
                .collect(Collectors.joining(", "));
        report.heading("Mixed load")
                .text(String.format(
                        Locale.ROOT,
                        "%s minutes, %d visitors a second, who arrive at random times whether the earlier ones were answered"
                                + " or not; seed %d. Tomcat is a process of its own with 512 MB of heap. Visitors send forms with a"
                                + " parameter, a JSON pointer, multipart or a header, good, refused, repeated and missing tokens;"
                                + " log in, where a token is needed after %d failures; stay in a session with %d passes; order tasks"
                                + " whose results are called back late, twice, or with another text the second time; and look at a"
                                + " page without a guard. Guards fail open, with a time limit of %s, and the breaker is on. Late"
                                + " verdicts and results are in the embedded H2; its items are kept for %d minutes after their end."
                                + " The handler fails on some.",
                        Report.figure(minutes),
                        perSecond,
                        seed,
                        SoakServer.FREE_FAILURES,
                        SoakServer.SESSION_PASSES,
                        Judge.TIMEOUT,
                        SoakServer.RETENTION.toMinutes()))
                .text("Between phases in which it works, the service goes through these, so many times: " + faults
                        + ".")
                .text("**" + Report.figure(judge.wrongs()) + " wrong decisions or failed requests of "
                        + Report.figure(judge.judged())
                        + ".** Each response is compared with what the service said about its"
                        + " token: a token passes as verified only if the service said so and only once, nobody passes a"
                        + " refusal or a throttle, a pass without a verdict has a fault that explains it, and every denial"
                        + " has its reason. Late verdicts are judged alike.")
                .text(Report.figure(late.callbacks()) + " callbacks were acknowledged (" + Report.figure(late.refused())
                        + " refused first), for " + Report.figure(late.results()) + " results that were handled, "
                        + Report.figure(late.repeated()) + " of them more than once; " + Report.figure(late.verdicts())
                        + " late verdicts; " + Report.figure(late.untracked())
                        + " visitors were let in without an id, since tracking has 250 ms. Lost: **"
                        + late.outstanding() + "**.");
        List<List<String>> table = new ArrayList<>();
        all.forEach(series -> table.add(series.row(minutes, isJudged(series))));
        report.text(
                        "Sampled every " + SAMPLE_SECONDS
                                + " s, after a full collection; medians of each quarter. The run"
                                + " fails if the median of the last quarter exceeds that of the second by more than the tolerance.")
                .table(List.of("", "1st quarter", "2nd", "3rd", "4th", "maximum", "tolerance", ""), table);
        plot(report, "heap", "Heap after a full collection", "MB", heap);
        plot(
                report,
                "resources",
                "Threads, file descriptors, connections",
                "",
                threads,
                descriptors,
                visitorConnections,
                serviceConnections);
        plot(report, "rows", "Rows of the store", "", rows);
        plot(report, "file", "File of the store", "MB", file);
        plot(report, "guarded", "p99 of guarded requests, while the service breaks in turns", "ms", guardedP99);
        plot(report, "other", "p99 of the page without a guard", "ms", otherP99);
        List<List<String>> decisions = new ArrayList<>();
        judge.counts().forEach((what, count) -> decisions.add(List.of(what, Report.figure(count))));
        report.text("What visitors got, and late verdicts:").table(List.of("", "count"), decisions);
    }

    private static void plot(Report report, String plot, String title, String unit, Series... series) {
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        for (Series each : series) {
            lines.put(each.name, each.points());
        }
        report.lines(plot, title, "minutes", unit, lines);
    }
}
