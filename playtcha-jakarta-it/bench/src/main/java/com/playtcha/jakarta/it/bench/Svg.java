package com.playtcha.jakarta.it.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws bar and line charts that are readable on a light and on a dark page. */
final class Svg {
    private static final int WIDTH = 720;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 44;
    private static final int PLOT_HEIGHT = 280;
    private static final int BAR = 30;
    private static final int BAR_LABELS = 260;
    private static final int TICKS = 5;
    private static final List<String> COLOURS =
            List.of("#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#17becf", "#7f7f7f");

    private final StringBuilder svg = new StringBuilder();

    private Svg(String title, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, height, WIDTH, height);
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
        text(WIDTH / 2.0, 24, "middle", "font-size=\"16\" font-weight=\"bold\"", title);
    }

    static String bars(String title, String unit, Map<String, Double> values) {
        int bottom = TOP + BAR * values.size();
        Svg chart = new Svg(title, bottom + 52);
        double top = ceiling(
                values.values().stream().mapToDouble(Double::doubleValue).max().orElse(1));
        int width = WIDTH - BAR_LABELS - 80;
        for (int i = 0; i <= TICKS; i++) {
            double x = BAR_LABELS + (double) width * i / TICKS;
            chart.line(x, TOP, x, bottom, "#dddddd");
            chart.text(x, bottom + 18, "middle", "", Report.figure(top * i / TICKS));
        }
        chart.text(BAR_LABELS + width / 2.0, bottom + 40, "middle", "", unit);
        int y = TOP;
        int colour = 0;
        for (Map.Entry<String, Double> each : values.entrySet()) {
            double length = width * each.getValue() / top;
            chart.text(BAR_LABELS - 8, y + 20, "end", "", each.getKey());
            chart.add(
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                    BAR_LABELS, y + 5, length, BAR - 10, COLOURS.get(colour++ % COLOURS.size()));
            chart.text(BAR_LABELS + length + 6, y + 20, "start", "", Report.figure(each.getValue()));
            y += BAR;
        }
        return chart.end();
    }

    static String lines(String title, String xAxis, String yAxis, Map<String, List<double[]>> series) {
        int bottom = TOP + PLOT_HEIGHT;
        int width = WIDTH - LEFT - RIGHT;
        Svg chart = new Svg(title, bottom + 60 + 20 * series.size());
        double right = ceiling(greatest(series, 0));
        double top = ceiling(greatest(series, 1));
        for (int i = 0; i <= TICKS; i++) {
            double x = LEFT + (double) width * i / TICKS;
            double y = bottom - (double) PLOT_HEIGHT * i / TICKS;
            chart.line(x, TOP, x, bottom, "#dddddd");
            chart.line(LEFT, y, LEFT + width, y, "#dddddd");
            chart.text(x, bottom + 18, "middle", "", Report.figure(right * i / TICKS));
            chart.text(LEFT - 8, y + 5, "end", "", Report.figure(top * i / TICKS));
        }
        chart.text(LEFT + width / 2.0, bottom + 38, "middle", "", xAxis);
        chart.text(0, 0, "middle", "transform=\"translate(16 " + (TOP + PLOT_HEIGHT / 2) + ") rotate(-90)\"", yAxis);
        int colour = 0;
        for (Map.Entry<String, List<double[]>> each : series.entrySet()) {
            String stroke = COLOURS.get(colour % COLOURS.size());
            StringBuilder points = new StringBuilder();
            for (double[] point : each.getValue()) {
                double x = LEFT + width * point[0] / right;
                double y = bottom - PLOT_HEIGHT * point[1] / top;
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
                chart.add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y, stroke);
            }
            chart.add(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                    points.toString().strip(), stroke);
            int y = bottom + 60 + 20 * colour++;
            chart.add("<rect x=\"%d\" y=\"%d\" width=\"18\" height=\"4\" fill=\"%s\"/>", LEFT, y - 7, stroke);
            chart.text(LEFT + 26, y, "start", "", each.getKey());
        }
        return chart.end();
    }

    private static double greatest(Map<String, List<double[]>> series, int axis) {
        return series.values().stream()
                .flatMap(List::stream)
                .mapToDouble(point -> point[axis])
                .max()
                .orElse(1);
    }

    /** Returns the next number of the form 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
    private static double ceiling(double value) {
        if (value <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8}) {
            if (step * power >= value) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private void line(double x1, double y1, double x2, double y2, String stroke) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>", x1, y1, x2, y2, stroke);
    }

    private void text(double x, double y, String anchor, String attributes, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#222222\" %s>%s</text>",
                x, y, anchor, attributes, escaped);
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private String end() {
        return svg.append("</svg>\n").toString();
    }
}
