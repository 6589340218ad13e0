package com.playtcha.jakarta.internal.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Each setting with its effective value and source, and every problem and warning, without any secret: the text for an
 * operator.
 */
public record SettingsExplanation(String text, boolean hasProblems) {

    /** Collects what is read for each guard and filter, and for late results. */
    static final class Builder {
        private final Map<String, List<ProblemReport>> sections = new LinkedHashMap<>();

        /** Adds a report, whose rows are shown under a heading. */
        void add(String heading, ProblemReport report) {
            sections.computeIfAbsent(heading, unused -> new ArrayList<>()).add(report);
        }

        SettingsExplanation build(ProblemReport all) {
            StringBuilder text = new StringBuilder();
            sections.forEach((heading, reports) -> section(
                    heading,
                    reports.stream().flatMap(report -> report.rows().stream()).toList(),
                    text));
            section("Warnings: " + all.warnings().size(), all.warnings(), text);
            section("Problems: " + all.problems().size(), all.problems(), text);
            return new SettingsExplanation(text.toString(), all.hasProblems());
        }

        private static void section(String heading, List<String> rows, StringBuilder text) {
            text.append(text.length() == 0 ? "" : "\n").append(heading).append('\n');
            rows.forEach(row -> text.append("  ").append(row).append('\n'));
        }
    }
}
