package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.it.bench.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One figure, sampled over a run, and how much its last quarter may exceed its second. */
final class Series {
    final String name;
    final String unit;
    private final double factor;
    private final double allowance;
    private final List<double[]> points = new ArrayList<>();

    /** A figure that is shown. */
    Series(String name, String unit) {
        this(name, unit, Double.NaN, Double.NaN);
    }

    /** A figure that has to be flat: the last quarter is at most factor times the second, plus the allowance. */
    Series(String name, String unit, double factor, double allowance) {
        this.name = name;
        this.unit = unit;
        this.factor = factor;
        this.allowance = allowance;
    }

    void add(double minute, double value) {
        if (Double.isFinite(value)) {
            points.add(new double[] {minute, value});
        }
    }

    List<double[]> points() {
        return points;
    }

    /** Returns the median of a quarter, counted from 0, of a run of that many minutes. */
    double median(int quarter, double minutes) {
        double[] values = points.stream()
                .filter(point -> (int) Math.min(3, point[0] / minutes * 4) == quarter)
                .mapToDouble(point -> point[1])
                .sorted()
                .toArray();
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    double max() {
        return points.stream().mapToDouble(point -> point[1]).max().orElse(Double.NaN);
    }

    boolean mustBeFlat() {
        return Double.isFinite(factor);
    }

    boolean isFlat(double minutes) {
        return median(3, minutes) <= median(1, minutes) * factor + allowance;
    }

    String tolerance() {
        return "+" + Report.figure(Math.rint((factor - 1) * 100)) + " % and " + Report.figure(allowance)
                + (unit.isEmpty() ? "" : " " + unit);
    }

    List<String> row(double minutes, boolean judged) {
        List<String> row = new ArrayList<>(List.of(name + (unit.isEmpty() ? "" : ", " + unit)));
        for (int quarter : new int[] {0, 1, 2, 3}) {
            row.add(Report.figure(median(quarter, minutes)));
        }
        row.add(Report.figure(max()));
        row.addAll(
                !mustBeFlat()
                        ? Arrays.asList("", "")
                        : Arrays.asList(
                                tolerance(), !judged ? "too short a run" : isFlat(minutes) ? "flat" : "**grows**"));
        return row;
    }
}
