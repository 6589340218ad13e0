package com.playtcha.example.inbox;

import com.playtcha.example.inbox.Board.Item;
import com.playtcha.example.inbox.Board.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of the page that moves. Every text that came from the network is escaped by {@link Html#fill}. */
final class Markup {
    private static final int MOST_ROWS = 12;
    private static final int MOST_LETTERS = 40;
    private static final Map<String, String> WORDS = Map.of(
            "AWAITING", "awaiting",
            "READY", "ready",
            "DEAD_LETTER", "in the store",
            "ON_DISK", "kept on disk",
            "DELIVERED", "delivered",
            "EXPIRED", "expired",
            "DISCARDED", "discarded",
            "COMPLETED", "completed",
            "FAILED", "failed");

    private final State state;
    private final String base;
    private final Instant now = Instant.now();

    private Markup(State state, String base) {
        this.state = state;
        this.base = base;
    }

    static Html of(State state, String base) {
        return new Markup(state, base).all();
    }

    private Html all() {
        return Html.join(List.of(
                database(),
                tallies(),
                Html.fill(
                        "<div class=\"board\">\n{pending}\n{dead}\n<div class=\"stack\">\n{delivered}\n{ended}\n</div>\n</div>",
                        Map.of(
                                "pending", pending(),
                                "dead", dead(),
                                "delivered", ended("delivered", "Delivered", Place.DELIVERED, "Delivered"),
                                "ended", ended("ended", "Expired or discarded", Place.ENDED, "Ended"))),
                figures()));
    }

    private Html database() {
        return state.databaseWorks()
                ? new Html("<p class=\"banner good\" role=\"status\"><b>Database: working.</b>"
                        + " Callbacks are stored in it before they are acknowledged.</p>")
                : Html.fill(
                        "<p class=\"banner bad\" role=\"status\"><b>Database: away.</b> Callbacks are kept on disk, one file"
                                + " each, and acknowledged; polling and delivery wait.{untracked}</p>",
                        Map.of(
                                "untracked",
                                state.untracked() == 0
                                        ? ""
                                        : " Tasks that were sent and could not be tracked yet: " + state.untracked()
                                                + "."));
    }

    private Html tallies() {
        Map<String, Html> tallies = new LinkedHashMap<>();
        tallies.put("Handler called", figure(state.calls(), state.failures() + " failed"));
        Effects.Tally tally = state.tally();
        if (tally == null) {
            tallies.put("Had effect", new Html("<b>?</b> <small>database away</small>"));
        } else {
            boolean once = tally.results() == tally.sum();
            tallies.put(
                    "Had effect",
                    figure(tally.sum(), once ? "each once" : "NOT ONCE EACH: " + tally.results() + " results"));
        }
        tallies.put("Repeated", figure(counter("duplicate"), "acknowledged, changed nothing"));
        tallies.put("Polls", figure(counter("polled"), "for missing callbacks"));
        tallies.put("Saved on disk", figure(counter("spooled"), counter("drained") + " drained"));
        List<Html> parts = new ArrayList<>();
        tallies.forEach((name, value) -> parts.add(
                Html.fill("<div><dt>{name}</dt><dd>{value}</dd></div>", Map.of("name", name, "value", value))));
        return Html.fill("<dl class=\"tallies\">\n{parts}\n</dl>", Map.of("parts", Html.join(parts)));
    }

    private static Html figure(long value, String detail) {
        return Html.fill("<b>{value}</b> <small>{detail}</small>", Map.of("value", value, "detail", detail));
    }

    private long counter(String name) {
        return state.figures().getOrDefault("counter." + name, 0L);
    }

    private Html pending() {
        List<Html> rows = new ArrayList<>();
        List<Item> items = state.in(Place.PENDING);
        for (Item item : items.subList(0, Math.min(MOST_ROWS, items.size()))) {
            rows.add(row(item, """
                    <td><span class="tag">{state}</span></td>
                    <td class="number">{polls}</td>
                    <td class="number">{age}</td>""", Map.of()));
        }
        return section(
                "pending",
                "Pending",
                "Tasks without a result yet (awaiting), and results whose handler is called next (ready).",
                items.size(),
                List.of("Task", "State", "Polls", "For"),
                rows);
    }

    private Html dead() {
        List<Html> rows = new ArrayList<>();
        List<Item> items = state.in(Place.DEAD);
        for (Item item : items.subList(0, Math.min(MOST_LETTERS, items.size()))) {
            Map<String, Object> values = Map.of(
                    "base",
                    base,
                    "next",
                    next(item),
                    "tries",
                    item.failures() == 1 ? "failed once" : "failed " + item.failures() + " times");
            rows.add(row(item, """
                    <td><span class="tag bad">{state}</span> <small>{tries}, {next}</small>
                      <small class="error">{error}</small></td>
                    <td class="buttons">
                      <form method="post" action="{base}/retry"><input type="hidden" name="id" value="{id}">
                        <button class="small" aria-label="Retry {id}">Retry</button></form>
                      <form method="post" action="{base}/discard"><input type="hidden" name="id" value="{id}">
                        <button class="small quiet" data-ask="Discard {id} for good?" aria-label="Discard {id}">Discard</button></form></td>""", values));
        }
        return section(
                "dead",
                "Dead letters",
                "Results whose handler failed, or that wait on disk. Each is tried again by itself.",
                items.size(),
                List.of("Task", "What went wrong", "Do"),
                rows);
    }

    private Html ended(String key, String title, Place place, String when) {
        List<Html> rows = new ArrayList<>();
        List<Item> items = state.in(place);
        for (Item item : items.subList(0, Math.min(MOST_ROWS, items.size()))) {
            String word = place == Place.DELIVERED ? item.outcome() : item.state();
            rows.add(row(item, """
                    <td><span class="tag {tone}">{word}</span></td>
                    <td class="number">{failures}</td>
                    <td class="number">{age} ago</td>""", Map.of("word", word(word), "tone", word.equals("COMPLETED") ? "good" : "")));
        }
        String meaning = place == Place.DELIVERED
                ? "The handler returned, and its effect was committed once."
                : "No result came in time, or somebody gave it up.";
        return section(key, title, meaning, items.size(), List.of("Task", "Outcome", "Failures", when), rows);
    }

    private Html row(Item item, String cells, Map<String, ?> more) {
        Map<String, Object> values = new LinkedHashMap<>(more);
        values.put("id", item.id());
        values.put("state", word(item.state()));
        values.put("polls", item.polls());
        values.put("failures", item.failures());
        values.put("error", item.lastError());
        values.put("age", time(item.changedAt(), now));
        return Html.fill("<tr data-key=\"{id}\"><th scope=\"row\"><code>{id}</code></th>\n" + cells + "</tr>", values);
    }

    private String next(Item item) {
        if (item.state().equals("ON_DISK") && !state.databaseWorks()) {
            return "waits for the database";
        }
        return now.isBefore(item.dueAt()) ? "next try in " + time(now, item.dueAt()) : "next try now";
    }

    private static Html section(
            String key, String title, String meaning, int count, List<String> headings, List<Html> rows) {
        List<Html> heads = headings.stream()
                .map(heading -> Html.fill("<th scope=\"col\">{heading}</th>", Map.of("heading", heading)))
                .toList();
        int more = count - rows.size();
        return Html.fill(
                """
                <section id="{key}" aria-labelledby="{key}-title">
                <h2 id="{key}-title">{title} <span class="count">{count}</span></h2>
                <p class="hint">{meaning}</p>
                {body}
                <p class="hint">{more}</p>
                </section>""",
                Map.of(
                        "key",
                        key,
                        "title",
                        title,
                        "meaning",
                        meaning,
                        "count",
                        count,
                        "body",
                        rows.isEmpty()
                                ? new Html("<p class=\"hint\">None.</p>")
                                : Html.fill(
                                        """
                                <table aria-labelledby="{key}-title">
                                <thead><tr>{heads}</tr></thead>
                                <tbody>
                                {rows}
                                </tbody>
                                </table>""", Map.of("key", key, "heads", Html.join(heads), "rows", Html.join(rows))),
                        "more",
                        more > 0 ? "and " + more + " older" : ""));
    }

    private Html figures() {
        List<Html> rows = new ArrayList<>();
        state.figures()
                .forEach((name, value) -> rows.add(Html.fill(
                        "<div><dt><code>{name}</code></dt><dd>{value}</dd></div>",
                        Map.of("name", name, "value", value))));
        return Html.fill("""
                <details class="card" data-key="figures"><summary>LateMetrics</summary>
                <p class="hint">The gauges and counters. Values of the store are as of the last look, age-s ago.</p>
                <dl class="figures">{rows}</dl></details>""", Map.of("rows", Html.join(rows)));
    }

    private static String word(String name) {
        return WORDS.getOrDefault(name, name);
    }

    private static String time(Instant from, Instant to) {
        long seconds = Math.max(0, Duration.between(from, to).toSeconds());
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
    }
}
