package com.playtcha.example.inbox;

import com.playtcha.example.inbox.Board.Item;
import com.playtcha.example.inbox.Board.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The part of the page that moves. Every text that came from the network is escaped by {@link Html#fill}. */
final class Markup {
    private static final int ROWS = 10;
    private static final Map<String, String> WORDS = Map.of(
            "AWAITING", "awaiting",
            "READY", "ready",
            "RETRYING", "retrying",
            "DEAD_LETTER", "given up",
            "ON_DISK", "kept on disk",
            "DELIVERED", "delivered",
            "EXPIRED", "expired",
            "DISCARDED", "discarded",
            "COMPLETED", "completed",
            "FAILED", "failed");

    private final State state;
    private final String base;
    private final Pages pages;
    private final Instant now = Instant.now();

    private Markup(State state, String base, Pages pages) {
        this.state = state;
        this.base = base;
        this.pages = pages;
    }

    static Html of(State state, String base, Pages pages) {
        return new Markup(state, base, pages).all();
    }

    private Html all() {
        return Html.join(List.of(
                database(),
                tallies(),
                Html.fill(
                        """
                        <div class="board">
                        <div class="stack">
                        {pending}
                        {delivered}
                        {ended}
                        </div>
                        <div class="stack">
                        {retrying}
                        {dead}
                        </div>
                        </div>""",
                        Map.of(
                                "pending", pending(),
                                "delivered", ended("Delivered", Place.DELIVERED, "Delivered"),
                                "ended", ended("Expired or discarded", Place.ENDED, "Ended"),
                                "retrying",
                                        failed(
                                                "Retrying",
                                                Place.RETRYING,
                                                "Results whose handler failed and is called again, or that wait on disk."),
                                "dead",
                                        failed(
                                                "Dead letters",
                                                Place.DEAD,
                                                "The handler gave them up. They stay until somebody retries or discards"
                                                        + " them."))),
                figures()));
    }

    private Html database() {
        return state.databaseWorks()
                ? new Html("<p class=\"banner good\" role=\"status\"><b>Database: working.</b>"
                        + " Callbacks are stored in it before they are acknowledged.</p>")
                : new Html(
                        "<p class=\"banner bad\" role=\"status\"><b>Database: away.</b> Callbacks are kept on disk, one file"
                                + " each, and acknowledged; polling and delivery wait, and no new task is sent.</p>");
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
        return section(
                Place.PENDING,
                "Pending",
                "Tasks without a result yet (awaiting), and results whose handler is called next (ready).",
                List.of("Task", "State", "Polls", "For"),
                item -> row(item, """
                    <td><span class="tag">{state}</span></td>
                    <td class="number">{polls}</td>
                    <td class="number">{age}</td>""", Map.of()));
    }

    private Html failed(String title, Place place, String meaning) {
        return section(
                place,
                title,
                meaning,
                List.of("Task", "What went wrong", "Do"),
                item -> row(
                        item,
                        """
                    <td><span class="tag {tone}">{state}</span> <small>{tries}{next}</small>
                      <small class="error">{error}</small></td>
                    <td class="buttons">
                      <form method="post" action="{base}/retry"><input type="hidden" name="id" value="{id}">
                        <button class="small" aria-label="Retry {id}">Retry</button></form>
                      <form method="post" action="{base}/discard"><input type="hidden" name="id" value="{id}">
                        <button class="small quiet" data-ask="Discard {id} for good?" aria-label="Discard {id}">Discard</button></form></td>""",
                        Map.of(
                                "base",
                                base,
                                "tone",
                                place == Place.DEAD ? "bad" : "notice",
                                "next",
                                place == Place.DEAD ? "" : ", " + next(item),
                                "tries",
                                tries(item))));
    }

    private Html ended(String title, Place place, String when) {
        String meaning = place == Place.DELIVERED
                ? "The handler returned, and its effect was committed once."
                : "No result came in time, or somebody gave it up.";
        return section(place, title, meaning, List.of("Task", "Outcome", "Failures", when), item -> {
            String word = place == Place.DELIVERED ? item.outcome() : item.state();
            return row(item, """
                    <td><span class="tag {tone}">{word}</span></td>
                    <td class="number">{failures}</td>
                    <td class="number">{age} ago</td>""", Map.of("word", word(word), "tone", word.equals("COMPLETED") ? "good" : ""));
        });
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

    /** How often it failed is in the database, so that the page may not know it while that is away. */
    private static String tries(Item item) {
        return switch (item.failures()) {
            case 0 -> item.state().equals("ON_DISK") ? "not handed over yet" : "failed";
            case 1 -> "failed once";
            default -> "failed " + item.failures() + " times";
        };
    }

    private String next(Item item) {
        if (!state.databaseWorks()) {
            return "waits for the database";
        }
        return now.isBefore(item.dueAt()) ? "next try in " + time(now, item.dueAt()) : "next try now";
    }

    private Html section(Place place, String title, String meaning, List<String> headings, Function<Item, Html> toRow) {
        String key = place.name().toLowerCase(Locale.ROOT);
        List<Item> items = state.in(place);
        int last = Math.max(1, (items.size() + ROWS - 1) / ROWS);
        int number = Math.min(pages.number(place), last);
        List<Html> rows =
                items.stream().skip((number - 1L) * ROWS).limit(ROWS).map(toRow).toList();
        List<Html> heads = headings.stream()
                .map(heading -> Html.fill("<th scope=\"col\">{heading}</th>", Map.of("heading", heading)))
                .toList();
        Html table = Html.fill("""
                <div class="table"><table aria-labelledby="{key}-title">
                <thead><tr>{heads}</tr></thead>
                <tbody>
                {rows}
                </tbody>
                </table></div>""", Map.of("key", key, "heads", Html.join(heads), "rows", Html.join(rows)));
        return Html.fill(
                """
                <section id="{key}" aria-labelledby="{key}-title">
                <h2 id="{key}-title">{title} <span class="count">{count}</span></h2>
                <p class="hint">{meaning}</p>
                {body}
                {pages}
                </section>""",
                Map.of(
                        "key",
                        key,
                        "title",
                        title,
                        "meaning",
                        meaning,
                        "count",
                        items.size(),
                        "body",
                        rows.isEmpty() ? new Html("<p class=\"hint\">None.</p>") : table,
                        "pages",
                        last == 1 ? Html.NONE : pageLinks(place, key, title, number, last)));
    }

    private Html pageLinks(Place place, String key, String title, int number, int last) {
        return Html.fill(
                "<nav class=\"pages\" aria-label=\"Pages of {title}\">{newer} <span>page {number} of {last}</span> {older}</nav>",
                Map.of(
                        "title",
                        title,
                        "number",
                        number,
                        "last",
                        last,
                        "newer",
                        number == 1 ? Html.NONE : pageLink(place, key, number - 1, "newer"),
                        "older",
                        number == last ? Html.NONE : pageLink(place, key, number + 1, "older")));
    }

    private Html pageLink(Place place, String key, int number, String text) {
        return Html.fill(
                "<a href=\"{base}/{query}#{key}\" data-query=\"{query}\">{text}</a>",
                Map.of("base", base, "query", pages.queryAt(place, number), "key", key, "text", text));
    }

    private Html figures() {
        List<Html> rows = new ArrayList<>();
        state.figures()
                .forEach((name, value) -> rows.add(Html.fill(
                        "<div><dt><code>{name}</code></dt><dd>{value}</dd></div>",
                        Map.of("name", name, "value", value))));
        return Html.fill("""
                <details class="card" data-key="figures"><summary>LateMetrics</summary>
                <p class="hint">The gauges and counters. Values of the store were counted since-count-s seconds ago.</p>
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
