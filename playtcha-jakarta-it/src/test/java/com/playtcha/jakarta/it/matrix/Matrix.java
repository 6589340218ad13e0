package com.playtcha.jakarta.it.matrix;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the table of docs/servers.md from the results of a run. A run covers one JDK and perhaps one server; the rows of
 * all others are kept when the page is written.
 */
public final class Matrix {
    private static final String BEGIN = "<!-- matrix -->\n";
    private static final String END = "<!-- /matrix -->";
    private static final String NOT_RUN = "–";

    /** What tells rows apart. */
    private record Row(String server, int jdk) {}

    private static final Comparator<Row> ORDER =
            Comparator.comparingInt((Row row) -> position(row.server())).thenComparingInt(Row::jdk);

    private Matrix() {}

    /**
     * Prints the table of this run.
     *
     * @param args the directory of results, docs/servers.md, the file to write, and whether the page is written too
     */
    public static void main(String[] args) throws IOException {
        List<Result> results = read(Path.of(args[0]));
        if (results.isEmpty()) {
            return;
        }
        String table = table(rows(results));
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        out.println(table);
        Files.writeString(Path.of(args[2]), table);
        if (!"false".equals(args[3])) {
            Path page = Path.of(args[1]);
            // Modules that are built side by side share a process, but not this class.
            synchronized (Runtime.getRuntime()) {
                Files.writeString(page, merged(Files.readString(page), results));
            }
        }
    }

    /** Returns the page with these results in its table. */
    static String merged(String page, List<Result> results) {
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        Map<Row, List<String>> rows = parsed(table(page));
        rows.putAll(rows(results));
        return page.substring(0, begin) + table(rows) + page.substring(end);
    }

    /** Returns the servers and JDKs of the page's table, as {@code title jdk}. */
    public static List<String> named(String page) {
        return parsed(table(page)).keySet().stream()
                .map(row -> row.server() + " " + row.jdk())
                .toList();
    }

    /** Returns the page's table. */
    public static String table(String page) {
        return page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
    }

    private static List<Result> read(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Result> results = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                results.add(Result.parse(Files.readString(file)));
            }
        }
        return results;
    }

    private static Map<Row, List<String>> rows(List<Result> results) {
        Map<Row, Map<Feature, Result>> found = new TreeMap<>(ORDER);
        for (Result result : results) {
            found.computeIfAbsent(new Row(result.server(), result.jdk()), row -> new EnumMap<>(Feature.class))
                    .merge(result.feature(), result, Result::plus);
        }
        Map<Row, List<String>> rows = new TreeMap<>(ORDER);
        found.forEach((row, features) -> {
            List<String> cells = new ArrayList<>();
            cells.add(row.server());
            cells.add(features.values().iterator().next().version());
            cells.add(Integer.toString(row.jdk()));
            for (Feature feature : Feature.values()) {
                Result result = features.get(feature);
                cells.add(result == null ? NOT_RUN : result.cell());
            }
            rows.put(row, cells);
        });
        return rows;
    }

    private static Map<Row, List<String>> parsed(String table) {
        Map<Row, List<String>> rows = new TreeMap<>(ORDER);
        table.lines().filter(line -> line.startsWith("| ")).skip(1).forEach(line -> {
            List<String> cells = new ArrayList<>(
                    Stream.of(line.substring(2, line.lastIndexOf(" |")).split(" \\| ", -1))
                            .toList());
            while (cells.size() < 3 + Feature.values().length) {
                cells.add(NOT_RUN);
            }
            rows.put(new Row(cells.get(0), Integer.parseInt(cells.get(2))), cells);
        });
        return rows;
    }

    private static String table(Map<Row, List<String>> rows) {
        String titles = Stream.of(Feature.values()).map(Feature::title).collect(Collectors.joining(" | "));
        StringBuilder text = new StringBuilder("| Server | Version | JDK | " + titles + " |\n|---|---|---|"
                + "---|".repeat(Feature.values().length) + "\n");
        rows.values()
                .forEach(cells ->
                        text.append("| ").append(String.join(" | ", cells)).append(" |\n"));
        return text.toString();
    }

    private static int position(String server) {
        return Stream.of(MatrixServer.values())
                .filter(known -> known.title().equals(server))
                .findFirst()
                .map(Enum::ordinal)
                .orElse(Integer.MAX_VALUE);
    }
}
