package com.playtcha.jakarta.it.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The results of one benchmark: a Markdown page with tables, and SVG plots beside it, in the folder that the system
 * property {@code bench.results} names. Not thread-safe.
 */
public final class Report {
    private static final Path FOLDER = Path.of(System.getProperty("bench.results", "results"));

    private final String name;
    private final StringBuilder page = new StringBuilder();

    /** Creates a report whose files are named {@code name.md} and {@code name-*.svg}. */
    public Report(String name, String title) {
        this.name = name;
        page.append("# ").append(title).append("\n\n");
    }

    /** Adds what the benchmark ran on; {@code versions} has what it compares and what that needs. */
    public Report ranOn(Map<String, String> versions) {
        Runtime runtime = Runtime.getRuntime();
        String machine = "JDK %s (%s), %d processors (%s), heap %d MB, %s %s, %s"
                .formatted(
                        Runtime.version(),
                        System.getProperty("java.vendor"),
                        runtime.availableProcessors(),
                        System.getProperty("os.arch"),
                        runtime.maxMemory() >> 20,
                        System.getProperty("os.name"),
                        System.getProperty("os.version").replaceFirst("-.*", ""),
                        LocalDate.now(ZoneOffset.UTC));
        List<String> parts = new ArrayList<>();
        versions.forEach((part, version) -> parts.add(part + " " + version));
        return text("Ran on " + machine + ". " + String.join(", ", parts) + ".");
    }

    public Report heading(String heading) {
        page.append("## ").append(heading).append("\n\n");
        return this;
    }

    /** Adds a paragraph of Markdown. */
    public Report text(String paragraph) {
        page.append(paragraph).append("\n\n");
        return this;
    }

    /** Adds a table. Cells are Markdown. */
    public Report table(List<String> header, List<List<String>> rows) {
        row(header);
        row(header.stream().map(cell -> "---").toList());
        rows.forEach(this::row);
        page.append('\n');
        return this;
    }

    private void row(List<String> cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** Adds a plot with one horizontal bar for each entry, in the order of the map. */
    public Report bars(String plot, String title, String unit, Map<String, Double> values) {
        return svg(plot, title, Svg.bars(title, unit, values));
    }

    /** Adds a plot with one line for each entry, whose points are pairs of x and y in the order of x. */
    public Report lines(String plot, String title, String xAxis, String yAxis, Map<String, List<double[]>> series) {
        return svg(plot, title, Svg.lines(title, xAxis, yAxis, series));
    }

    private Report svg(String plot, String title, String svg) {
        String file = name + "-" + plot + ".svg";
        write(file, svg);
        return text("![" + title + "](" + file + ")");
    }

    /** Writes the page, and to the standard output as well. */
    public void write() {
        String text = page.toString().stripTrailing() + "\n";
        write(name + ".md", text);
        System.out.println(text);
    }

    private static void write(String file, String content) {
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Formats a figure with three significant digits or more, and thousands separated: 12,345, 12.3, 0.123. */
    public static String figure(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        int decimals = size >= 100 || size == Math.rint(size) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
