package com.playtcha.jakarta.it.bench.guard;

import com.playtcha.jakarta.it.bench.Report;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.catalina.util.ServerInfo;
import org.apache.hc.core5.util.VersionInfo;

/**
 * Compares what a guarded request costs on Tomcat: the library's filter, filters written by hand, and a page without
 * one. Service, Tomcat and load have a process each; the compared filters take turns in one run of about five minutes.
 */
public final class Main {
    private static final List<String> ALL =
            List.of("library", "hand-written", "jdk-client", "bare-socket", "unguarded");
    private static final List<String> WITH_DEADLINE = List.of("library", "hand-written", "jdk-client");
    private static final List<String> HEADER = List.of(
            "",
            "requests/s",
            "p50 µs",
            "p99 µs",
            "other page p50 µs",
            "p99 µs",
            "processor µs",
            "voluntary switches",
            "threads",
            "memory MB",
            "refused",
            "failed");
    private static final int CALLERS = 16;
    /** As many as {@code max-concurrent} and the connections of each filter. */
    private static final int MANY_CALLERS = 64;

    private static final int VISITORS = 400;

    private final int port;

    /** Figures of Tomcat's process since it started. */
    private record Usage(double cpuMicros, long switches, long threads, double residentMb) {}

    /** One filter's turns in one comparison. */
    private static final class Turns {
        private int count;
        private final double[] sums = new double[7];
        private double threads;
        private double residentMb;
        private double refused;
        private double failed;

        void add(Load.Result result, Usage before, Usage after) {
            double[] figures = {
                result.guarded().perSecond(),
                result.guarded().p50(),
                result.guarded().p99(),
                result.other().p50(),
                result.other().p99(),
                (after.cpuMicros - before.cpuMicros) / result.requests(),
                (double) (after.switches - before.switches) / result.requests()
            };
            count++;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += figures[i];
            }
            threads = Math.max(threads, after.threads);
            residentMb = Math.max(residentMb, after.residentMb);
            refused += result.guarded().refused();
            failed += result.guarded().failed();
        }

        double perSecond() {
            return sums[0] / count;
        }

        List<String> row(String name) {
            List<String> row = new ArrayList<>(List.of(name));
            for (double sum : sums) {
                // The switches of threads that ended meanwhile are lost, so that a sum of them may be negative.
                row.add(sum < 0 ? "?" : Report.figure(sum / count));
            }
            for (double figure : new double[] {threads, residentMb, refused, failed}) {
                row.add(Report.figure(Math.rint(figure)));
            }
            return row;
        }
    }

    private Main(int port) {
        this.port = port;
    }

    /**
     * With {@code virtual} or {@code start} as its argument, measures {@link VirtualVisitors} or {@link StartUp} instead;
     * other arguments are options for Tomcat's process, such as those that record a profile.
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 1 && args[0].equals("virtual")) {
            VirtualVisitors.run();
            return;
        }
        if (args.length == 1 && args[0].equals("start")) {
            StartUp.run();
            return;
        }
        try (Children children = new Children()) {
            String service = children.start(StandInService.class, List.of());
            String tomcat = children.start(BenchTomcat.class, List.of(args), service);
            new Main(Integer.parseInt(tomcat)).run();
        }
    }

    private void run() throws Exception {
        for (String name : ALL) {
            Load.run(port, "/" + name + "-fast", CALLERS, 0, 6);
        }
        Map<String, Turns> fast = compare("fast", ALL, CALLERS, 0, 3, 5);
        Map<String, Turns> crowded = compare("fast", ALL, MANY_CALLERS, 0, 3, 4);
        for (String name : WITH_DEADLINE) {
            Load.run(port, "/" + name + "-slow", VISITORS, 0, 10);
        }
        Load.Seen idle = Load.run(port, "", 0, 0, 5).other();
        Map<String, Turns> slow = compare("slow", WITH_DEADLINE, VISITORS, 0, 1, 12);
        Map<String, Turns> hanging = compare("hang", WITH_DEADLINE, VISITORS, 1000, 1, 12);
        double library = perSecond(fast, "library");
        Map<String, Double> bars = new LinkedHashMap<>();
        fast.forEach((name, turns) -> bars.put(name, turns.perSecond()));
        new Report("bench-guard", "What a guarded request costs")
                .ranOn(Map.of(
                        "Tomcat",
                        ServerInfo.getServerNumber(),
                        "HttpClient",
                        VersionInfo.loadVersionInfo("org.apache.hc.client5", Main.class.getClassLoader())
                                .getRelease()))
                .text(
                        "Tomcat, the stand-in service and the load have a process each on the same processors. *Hand-written*"
                                + " is a filter with HttpClient 5 and JSON-B as an application would write it, *jdk-client* one"
                                + " with the JDK's client, *bare-socket* one with kept sockets, without a deadline and without a"
                                + " check of connection or answer, and *unguarded* the page alone. They take turns after a"
                                + " warm-up of 30 s, and of 30 s more with the slow service; processor time and"
                                + " voluntary context switches are Tomcat's, per request.")
                .heading("Fast service, " + CALLERS + " callers")
                .table(HEADER, rows(fast))
                .text("Guarded requests of the library: " + Report.figure(library / perSecond(fast, "hand-written"))
                        + " of hand-written, " + Report.figure(library / perSecond(fast, "bare-socket"))
                        + " of bare sockets.")
                .bars("fast", "Guarded requests a second, fast service, " + CALLERS + " callers", "requests/s", bars)
                .heading("Fast service, " + MANY_CALLERS + " callers, as many as connections")
                .table(HEADER, rows(crowded))
                .text("Guarded requests of the library: "
                        + Report.figure(perSecond(crowded, "library") / perSecond(crowded, "hand-written"))
                        + " of hand-written.")
                .heading("Service that takes 180 to 220 ms, " + VISITORS + " visitors")
                .text("The other page while nothing else happens: p50 " + Report.figure(idle.p50()) + " µs, p99 "
                        + Report.figure(idle.p99())
                        + " µs. The library and the pool of the hand-written filter allow 64"
                        + " calls at once; the library refuses the others (503; they come back after the second that"
                        + " Retry-After asks for and up to another one of their own), the hand-written filter keeps"
                        + " Tomcat's 200 threads waiting for a connection.")
                .table(HEADER, rows(slow))
                .heading("Service that hangs, " + VISITORS + " visitors with a second between two forms")
                .text("Each of the three gives up after 2 s and lets the visitor pass.")
                .table(HEADER, rows(hanging))
                .write();
    }

    private static double perSecond(Map<String, Turns> compared, String name) {
        return compared.getOrDefault(name, new Turns()).perSecond();
    }

    private static List<List<String>> rows(Map<String, Turns> compared) {
        List<List<String>> rows = new ArrayList<>();
        compared.forEach((name, turns) -> rows.add(turns.row(name)));
        return rows;
    }

    private Map<String, Turns> compare(
            String speed, List<String> names, int callers, long think, int turns, long seconds) throws Exception {
        Map<String, Turns> totals = new LinkedHashMap<>();
        for (int turn = 0; turn < turns; turn++) {
            for (String name : names) {
                Usage before = usage();
                Load.Result result = Load.run(port, "/" + name + "-" + speed, callers, think, seconds);
                totals.computeIfAbsent(name, n -> new Turns()).add(result, before, usage());
            }
        }
        return totals;
    }

    private Usage usage() throws IOException {
        URLConnection connection =
                URI.create("http://127.0.0.1:" + port + "/figures").toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        String[] figures = new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split(" ");
        return new Usage(
                Long.parseLong(figures[0]) / 1e3,
                Long.parseLong(figures[1]),
                Long.parseLong(figures[2]),
                Long.parseLong(figures[3]) / 1e3);
    }
}
