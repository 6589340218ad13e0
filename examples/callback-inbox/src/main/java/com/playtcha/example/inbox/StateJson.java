package com.playtcha.example.inbox;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;

/** The state as JSON, for scripts and tests. */
final class StateJson {
    private StateJson() {}

    static String of(State state) {
        JsonArrayBuilder items = Json.createArrayBuilder();
        for (Board.Item item : state.items()) {
            items.add(Json.createObjectBuilder()
                    .add("id", item.id())
                    .add("place", item.place().name())
                    .add("state", item.state())
                    .add("outcome", item.outcome())
                    .add("polls", item.polls())
                    .add("failures", item.failures())
                    .add("lastError", item.lastError())
                    .add("changedAt", item.changedAt().toString())
                    .add("dueAt", item.dueAt().toString()));
        }
        JsonObjectBuilder figures = Json.createObjectBuilder();
        state.figures().forEach(figures::add);
        JsonObjectBuilder all = Json.createObjectBuilder()
                .add("databaseWorks", state.databaseWorks())
                .add("calls", state.calls())
                .add("callsThatFailed", state.failures())
                .add("handlerFails", state.failing())
                .add("trickle", state.trickling())
                .add("handlerGivesUp", state.givingUp());
        if (state.tally() != null) {
            all.add("results", state.tally().results())
                    .add("effects", state.tally().sum());
        }
        return all.add("figures", figures).add("items", items).build().toString();
    }
}
