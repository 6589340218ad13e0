package com.playtcha.jakarta.it.bench.faults;

import com.playtcha.jakarta.it.bench.Report;
import com.playtcha.jakarta.it.bench.TlsKey;
import com.playtcha.jakarta.it.bench.faults.Contender.Kind;
import com.playtcha.jakarta.it.bench.faults.Trial.Result;
import com.playtcha.jakarta.testkit.Reply;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.core5.util.VersionInfo;

/**
 * Tries the library, and a filter written by hand, with each fault of the matrix; ends with 1 if the library decided
 * wrongly, asked twice about one token, or kept a place. Takes the number of runs of each fault, and optionally a
 * seed, which a run prints, and a part of the names of the faults.
 */
public final class Main {
    /** The hand-written filter has no deadline: what it does not end within this time is not waited for. */
    static final Duration BUDGET_BY_HAND = Duration.ofSeconds(20);

    private static final Duration BUDGET = Duration.ofMinutes(30);
    private static final int FRESH_PROCESSES = 3;

    /** Kept, because the JDK forgets a logger, and its level, that nobody keeps. */
    private static final Logger LOGS = Logger.getLogger("com.playtcha");

    private final int runs;
    private final long seed;
    private final List<Boolean> threads;
    private final List<String> failures = new ArrayList<>();
    private int wrongOfHeld;

    /** What one contender did on one kind of threads. */
    private record Cell(Result result, long repeated) {}

    private Main(int runs, long seed) {
        this.runs = runs;
        this.seed = seed;
        this.threads = Runtime.version().feature() >= 21 ? List.of(false, true) : List.of(false);
    }

    public static void main(String[] args) throws Exception {
        // Each look-up is one of the resolver's, and not of the JDK's cache.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        silenceLogs();
        TlsKey trusted = TlsKey.of("localhost");
        TlsKey otherName = TlsKey.of("other.test");
        List<String> trust = TlsKey.trustOptions(trusted, otherName);
        for (String option : trust) {
            int equals = option.indexOf('=');
            System.setProperty(option.substring(2, equals), option.substring(equals + 1));
        }
        Main main = new Main(
                Integer.parseInt(args[0]), args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime() & 0xffff);
        String part = args.length > 2 ? args[2] : "";
        main.run(Faults.all(trusted, otherName), part, trusted, trust);
        if (!main.failures.isEmpty()) {
            main.failures.forEach(System.err::println);
            System.exit(1);
        }
        System.exit(0);
    }

    /** A line for each visitor who is let in without a verdict would take longer than the call. */
    static void silenceLogs() {
        LOGS.setLevel(Level.OFF);
    }

    private void run(List<Fault> faults, String part, TlsKey trusted, List<String> trust) throws Exception {
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> decisions = new ArrayList<>();
        int held = 0;
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            if (!(fault.group() + ": " + fault.name()).contains(part)) {
                continue;
            }
            List<Cell> library = tryAll(fault, i, Kind.PLAYTCHA);
            List<Cell> byHand = fault.isForBoth() ? tryAll(fault, i, Kind.BY_HAND) : List.of();
            rows.add(row(fault, library, byHand));
            decisions.add(decisions(fault, library, byHand));
            check(fault, library);
            held += fault.isHeld() ? 1 : 0;
            System.out.println(rows.get(rows.size() - 1));
        }
        Report report = new Report("faults", "Faults of service, network and machine")
                .ranOn(Map.of(
                        "HttpClient",
                        VersionInfo.loadVersionInfo("org.apache.hc.client5", Main.class.getClassLoader())
                                .getRelease()))
                .text(String.format(
                        Locale.ROOT,
                        "%d faults, each with %,d runs on %s, by %d callers that begin together, seed %d. `mvn -Pfaults`"
                                + " makes it again. *By hand* is the filter of the [benchmark](bench-guard.md), written with"
                                + " HttpClient 5 and JSON-B as an application would write it; its runs ended after %d s, and those"
                                + " with a full heap, on platform threads, for both. Both fail open and have a time limit of"
                                + " %d ms.",
                        rows.size(),
                        runs,
                        threads.size() == 2 ? "platform threads and as many on virtual threads" : "platform threads",
                        Trial.CALLERS,
                        seed,
                        BUDGET_BY_HAND.toSeconds(),
                        Contender.TIMEOUT.toMillis()))
                .text(
                        "*Wrong* is a good token that was kept out by a verdict or ended in an error page, a refused one that"
                                + " counted as verified, and whoever got in without a verdict although the cause was this machine's"
                                + " own or the service's throttle. *Asked twice* counts tokens that were sent more than once. *Longest*"
                                + " is the longest call in milliseconds"
                                + (threads.size() == 2 ? ", on platform and on virtual threads" : "")
                                + ", with services and callers on the same processors: 64 handshakes of TLS at once take what"
                                + " processor time they take.")
                .table(
                        List.of(
                                "Fault",
                                "Playtcha: wrong",
                                "asked twice",
                                "longest",
                                "By hand: wrong",
                                "asked twice",
                                "longest"),
                        rows)
                .text("Over the " + held + " faults that are held, Playtcha decided wrongly in " + wrongOfHeld
                        + " runs. A stray answer that arrives on a connection after the next request was sent cannot be told"
                        + " from that request's answer by anybody who speaks HTTP/1.1; after the first that is noticed,"
                        + " no connection is used twice for ten seconds.");
        if (part.isEmpty()) {
            report.heading("The first calls of a new JVM")
                    .text("The longest of " + Trial.CALLERS + " first calls at once, in " + FRESH_PROCESSES
                            + " processes each, to a service that accepts and never answers; milliseconds, with a time limit"
                            + " of " + Contender.TIMEOUT.toMillis() + ".")
                    .table(List.of("", "Playtcha", "By hand"), firstCalls(trusted, trust));
        }
        report.heading("Decisions")
                .text("Verified / refused / let in without a verdict / turned away / error page, over all runs.")
                .table(List.of("Fault", "Playtcha", "By hand"), decisions)
                .write();
    }

    /** A virtual thread without memory for its frames blocks its carrier, so that such a process ends for no filter. */
    private List<Boolean> threadsOf(Fault fault) {
        return fault.disturbance() == Fault.Disturbance.FULL_HEAP ? List.of(false) : threads;
    }

    private List<Cell> tryAll(Fault fault, int number, Kind kind) throws Exception {
        List<Cell> cells = new ArrayList<>();
        for (boolean virtual : threadsOf(fault)) {
            Requests requests = new Requests();
            try (Service service = fault.opening().open(requests)) {
                Duration budget = kind == Kind.PLAYTCHA ? BUDGET : BUDGET_BY_HAND;
                Result result = fault.disturbance().needsProcess()
                        ? Exhausted.run(fault, number, service, kind, virtual, seed, runs)
                        : new Trial(fault, service, kind, virtual, seed).run(0, runs, budget);
                cells.add(new Cell(result, requests.repeated()));
            }
        }
        return cells;
    }

    private void check(Fault fault, List<Cell> cells) {
        for (Cell cell : cells) {
            Result result = cell.result();
            String name = fault.group() + ", " + fault.name() + ": ";
            if (fault.isHeld() && result.wrong() > 0) {
                wrongOfHeld += result.wrong();
                failures.add(name + result.wrong() + " wrong decisions with seed " + seed + ", the first: "
                        + result.example());
            }
            if (cell.repeated() > 0) {
                failures.add(name + cell.repeated() + " tokens were sent more than once with seed " + seed);
            }
            if (result.runs() == 0) {
                failures.add(name + result.example());
            }
            if (result.left() > 0) {
                failures.add(name + result.left() + " places were not given back with seed " + seed);
            }
        }
    }

    private List<String> row(Fault fault, List<Cell> library, List<Cell> byHand) {
        List<String> row = new ArrayList<>();
        row.add(fault.group() + ": " + fault.name());
        for (List<Cell> cells : List.of(library, byHand)) {
            if (cells.isEmpty()) {
                row.addAll(List.of("–", "–", "–"));
                continue;
            }
            int wrong = cells.stream().mapToInt(cell -> cell.result().wrong()).sum();
            int made = cells.stream().mapToInt(cell -> cell.result().runs()).sum();
            boolean all = made == runs * threadsOf(fault).size();
            String count = Report.figure(wrong) + (all ? "" : " of " + Report.figure(made));
            row.add(wrong == 0 ? count : "**" + count + "**");
            row.add(Report.figure(cells.stream().mapToLong(Cell::repeated).sum()));
            row.add(String.join(
                    " / ",
                    cells.stream()
                            .map(cell -> millis(cell.result().longestNanos()))
                            .toList()));
        }
        return row;
    }

    private static List<String> decisions(Fault fault, List<Cell> library, List<Cell> byHand) {
        List<String> row = new ArrayList<>();
        row.add(fault.group() + ": " + fault.name());
        for (List<Cell> cells : List.of(library, byHand)) {
            List<String> counts = new ArrayList<>();
            for (Decision decision : Decision.values()) {
                counts.add(Integer.toString(cells.stream()
                        .mapToInt(cell -> cell.result().count(decision))
                        .sum()));
            }
            row.add(cells.isEmpty() ? "–" : String.join(" / ", counts));
        }
        return row;
    }

    private List<List<String>> firstCalls(TlsKey trusted, List<String> trust) throws Exception {
        List<List<String>> rows = new ArrayList<>();
        for (boolean secure : List.of(false, true)) {
            try (Service hanging =
                    Services.replying(new Requests(), secure ? trusted.serverContext() : null, call -> Reply.hang())) {
                for (boolean virtual : threads) {
                    List<String> row = new ArrayList<>();
                    row.add((secure ? "https, " : "http, ") + (virtual ? "virtual threads" : "platform threads"));
                    for (Kind kind : Kind.values()) {
                        row.add(millis(FirstCalls.longest(
                                kind, virtual, hanging.baseUrl().toString(), trust, FRESH_PROCESSES)));
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%,d", TimeUnit.NANOSECONDS.toMillis(nanos));
    }
}
