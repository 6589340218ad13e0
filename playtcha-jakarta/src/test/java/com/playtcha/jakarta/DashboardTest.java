package com.playtcha.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.runtime.ApplicationBeans;
import com.playtcha.jakarta.internal.runtime.ScriptedRun;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Each query of the board and of the alerts names what a run really exports. */
class DashboardTest {
    private static final Pattern NAME = Pattern.compile("\\b(?:playtcha|http_client)_\\w+");
    private static final Pattern SELECTOR = Pattern.compile("\\b((?:playtcha|http_client)_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("\\bby \\(([^)]*)\\)");

    /** The labels of each exported metric with their values. */
    private static final Map<String, Map<String, Set<String>>> EXPORTED = new HashMap<>();

    @TempDir
    static Path folder;

    @BeforeAll
    static void scrape() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ApplicationBeans beans = new ApplicationBeans() {
            @Override
            public <T> T find(Class<T> type) {
                return type == MeterRegistry.class ? type.cast(registry) : null;
            }
        };
        try (ScriptedRun run = new ScriptedRun(beans, folder, "guards.payout.max-concurrent", "1")) {
            run.run().runLate();
            for (String line : registry.scrape().split("\n")) {
                Matcher sample = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+").matcher(line);
                if (!line.startsWith("#") && sample.matches()) {
                    Map<String, Set<String>> labels =
                            EXPORTED.computeIfAbsent(sample.group(1), name -> new HashMap<>());
                    Matcher label = MATCHER.matcher(sample.group(2) == null ? "" : sample.group(2));
                    while (label.find()) {
                        labels.computeIfAbsent(label.group(1), name -> new HashSet<>())
                                .add(label.group(3));
                    }
                }
            }
        }
    }

    private static List<String> alerts() {
        List<String> queries = new ArrayList<>();
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Pages.read("examples/dashboard/alerts.yml"));
        for (Map<String, Object> group : file.get("groups")) {
            for (Object rule : (List<?>) group.get("rules")) {
                queries.add((String) ((Map<?, ?>) rule).get("expr"));
            }
        }
        return queries;
    }

    private static List<JsonObject> panels() {
        try (JsonReader json = Json.createReader(new StringReader(Pages.read("examples/dashboard/board.json")))) {
            return json.readObject().getJsonArray("panels").getValuesAs(JsonObject.class);
        }
    }

    private static List<JsonObject> targets(JsonObject panel) {
        return panel.getJsonArray("targets").getValuesAs(JsonObject.class);
    }

    private static List<String> board() {
        List<String> queries = new ArrayList<>();
        for (JsonObject panel : panels()) {
            assertThat(targets(panel)).isNotEmpty();
            targets(panel).forEach(target -> queries.add(target.getString("expr")));
        }
        return queries;
    }

    /** Returns the fixed colors of a panel by the series' names. */
    private static Map<String, String> colors(String title) {
        Map<String, String> colors = new HashMap<>();
        for (JsonObject panel : panels()) {
            if (panel.getString("title").equals(title)) {
                panel.getJsonObject("fieldConfig")
                        .getJsonArray("overrides")
                        .getValuesAs(JsonObject.class)
                        .forEach(override -> colors.put(
                                override.getJsonObject("matcher").getString("options"),
                                override.getJsonArray("properties")
                                        .getJsonObject(0)
                                        .getJsonObject("value")
                                        .getString("fixedColor")));
            }
        }
        return colors;
    }

    @Test
    void anOutcomeHasTheColorOfWhatItMeansForTheVisitor() {
        Map<String, String> colors = colors("Outcomes");

        assertThat(colors)
                .containsEntry("VERIFIED", "green")
                .containsEntry("UNAVAILABLE", "orange")
                .containsEntry("EXEMPT", "#8e8e8e");
        for (Outcome outcome : Outcome.values()) {
            assertThat(colors.keySet()).anyMatch(name -> name.startsWith(outcome.name()));
        }
        assertThat(colors)
                .allSatisfy((name, color) ->
                        assertThat(color.endsWith("red")).as(name).isEqualTo(name.endsWith(" denied")));
    }

    @Test
    void countsAreWholeAndNoLegendSaysAStatusTwice() {
        for (JsonObject panel : panels()) {
            boolean seconds = panel.getJsonObject("fieldConfig")
                    .getJsonObject("defaults")
                    .getString("unit")
                    .equals("s");
            if (panel.getString("type").equals("stat") && !seconds) {
                assertThat(panel.getJsonObject("fieldConfig")
                                .getJsonObject("defaults")
                                .getInt("decimals"))
                        .as(panel.getString("title"))
                        .isZero();
            }
            for (JsonObject target : targets(panel)) {
                assertThat(target.getString("legendFormat")).doesNotContain("http_response_status_code}} {{error_type");
                // Prometheus extrapolates: an increase is not a whole number.
                if (target.getString("expr").contains("increase(")) {
                    assertThat(target.getString("expr")).startsWith("ceil(");
                }
            }
        }
    }

    @Test
    void everyQueryNamesExportedMetricsLabelsAndValues() {
        List<String> queries = new ArrayList<>(alerts());
        queries.addAll(board());
        assertThat(queries).hasSizeGreaterThan(20).allSatisfy(query -> {
            Set<String> labels = new HashSet<>();
            Matcher selector = SELECTOR.matcher(withoutGroupings(query));
            while (selector.find()) {
                String metric = selector.group(1);
                assertThat(EXPORTED).containsKey(metric);
                labels.addAll(EXPORTED.get(metric).keySet());
                Matcher matcher = MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2));
                while (matcher.find()) {
                    Set<String> values = EXPORTED.get(metric).get(matcher.group(1));
                    assertThat(values).as(metric + " has " + matcher.group(1)).isNotNull();
                    check(matcher.group(2), matcher.group(3), values);
                }
            }
            assertThat(labels).isNotEmpty();
            Matcher grouping = GROUPING.matcher(query);
            while (grouping.find()) {
                assertThat(labels).contains(grouping.group(1).split(", *"));
            }
        });
    }

    private static String withoutGroupings(String query) {
        return GROUPING.matcher(query).replaceAll("");
    }

    private static void check(String operator, String value, Set<String> exported) {
        if (operator.equals("=~") && value.startsWith("$")) {
            return;
        }
        Set<String> known = new HashSet<>(exported);
        // Does not happen in the run, or not by a client that waits for its answer.
        known.addAll(List.of("OVERLOADED", "EXEMPT", "unknown-project"));
        assertThat(known).contains(operator.endsWith("~") ? value.split("\\|") : new String[] {value});
    }

    @Test
    void everyMetricIsOnTheBoard() {
        Set<String> shown = new TreeSet<>();
        board().forEach(query -> NAME.matcher(query).results().forEach(found -> shown.add(found.group())));
        assertThat(EXPORTED.keySet())
                .filteredOn(name -> NAME.matcher(name).matches())
                .map(DashboardTest::family)
                .allSatisfy(family ->
                        assertThat(shown).anyMatch(name -> family(name).equals(family)));
    }

    private static String family(String name) {
        return name.replaceFirst("_(bucket|sum|count|max|total)$", "");
    }

    @Test
    void thePageExplainsEveryAlert() {
        assertThat(Pages.find("examples/dashboard/alerts.yml", "alert: (\\w+)"))
                .hasSize(9)
                .allSatisfy(alert ->
                        assertThat(Pages.read("docs/observability.md")).contains("| " + alert.group(1) + " |"));
    }
}
