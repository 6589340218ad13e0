package com.playtcha.jakarta.it.bench.late;

import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The benchmarks of late results: {@code throughput [items rounds [regular expression of names]]}, which is the default. */
public final class Main {
    private static final int ITEMS = 60_000;
    private static final int ITEMS_ON_WILDFLY = 20_000;
    private static final int ROUNDS = 3;
    private static final int KILLS = 20;
    /** Kept, so that it is not collected with its level. */
    private static final Logger ROOT = Logger.getLogger("");

    private Main() {}

    /** Runs one of them. */
    public static void main(String[] arguments) throws Exception {
        ROOT.setLevel(Level.WARNING);
        List<String> rest =
                arguments.length == 0 ? List.of() : Arrays.asList(arguments).subList(1, arguments.length);
        switch (arguments.length == 0 ? "throughput" : arguments[0]) {
            case "throughput" ->
                Throughput.run(number(rest, 0, ITEMS), number(rest, 1, ROUNDS), rest.size() < 3 ? ".*" : rest.get(2));
            case "spike" -> Spike.run(number(rest, 0, KILLS));
            case "spike-worker" -> Kills.work(rest.get(0), rest.get(1));
            case "nodes" -> Nodes.run(number(rest, 0, ITEMS), number(rest, 1, ROUNDS));
            case "wildfly" -> WildFlyThreads.run(ITEMS_ON_WILDFLY, 2 * ROUNDS - 1);
            case "node" ->
                Node.run(rest.get(0), rest.get(1), Integer.parseInt(rest.get(2)), Integer.parseInt(rest.get(3)));
            default -> throw new IllegalArgumentException("unknown benchmark: " + arguments[0]);
        }
        System.exit(0);
    }

    private static int number(List<String> arguments, int index, int byDefault) {
        return index < arguments.size() ? Integer.parseInt(arguments.get(index)) : byDefault;
    }
}
