package com.playtcha.jakarta.it.bench.faults;

import com.playtcha.jakarta.it.bench.guard.Children;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The first calls of a new JVM, whose classes are not even loaded, to a service that accepts and never answers. */
final class FirstCalls {
    private FirstCalls() {}

    /** Returns the longest of them in each of some new JVMs, in nanoseconds. */
    static long longest(Contender.Kind kind, boolean virtual, String baseUrl, List<String> options, int processes)
            throws IOException {
        long longest = 0;
        for (int i = 0; i < processes; i++) {
            try (Children children = new Children()) {
                String line = children.start(
                        List.of(), FirstCalls.class, options, kind.name(), Boolean.toString(virtual), baseUrl);
                longest = Math.max(longest, Trial.Result.ofLine(line).longestNanos());
            }
        }
        return longest;
    }

    public static void main(String[] args) throws Exception {
        Children.endWithInput();
        Service service = Services.at(URI.create(args[2]), null);
        Fault fault = Fault.of("", "", Expectation.OUTAGE, requests -> service);
        Trial trial = new Trial(fault, service, Contender.Kind.valueOf(args[0]), Boolean.parseBoolean(args[1]), 1);
        Children.print(trial.run(0, Trial.CALLERS, Duration.ofNanos(TimeUnit.SECONDS.toNanos(1)))
                .toLine());
    }
}
