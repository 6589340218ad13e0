package com.playtcha.jakarta.late.simulation;

import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What the nodes have promised and done, and whether the store agrees in the end. */
final class Expectations {
    /** Clocks within two seconds of the database's are not corrected; one created the item, one ends it. */
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    private final Schedule schedule;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Set<String> violations = new LinkedHashSet<>();

    /** How an item's effect is written, which its id decides. */
    enum Effect {
        TRANSACTION,
        COMPLETE_WITH,
        PLAIN;

        static Effect of(String id) {
            return values()[Math.floorMod(id.hashCode(), 3)];
        }
    }

    /** What is known of one item from outside. */
    private static final class Item {
        private boolean acknowledged;
        /** The earliest time at which it may expire. */
        private Instant expiresAt;

        /** The result that the store answered to have as the first. */
        private String stored;
        /** By node, the results that it acknowledged. */
        private final Map<String, Set<String>> acknowledgedBy = new HashMap<>();
        /** Results that some node got before it had acknowledged another one. */
        private final Set<String> mayWin = new LinkedHashSet<>();

        private String token;
        private boolean mayBeDiscarded;
        private boolean mustBeDiscarded;
        private String handled;
        private int succeeded;
        private int published;
    }

    /** A token as Playtcha knows it. */
    static final class Token {
        final boolean isGood;
        boolean redeemed;
        /** When it was allowed first, answered or not. */
        Instant grantedAt;

        Token(boolean isGood) {
            this.isGood = isGood;
        }
    }

    private final Map<String, Token> tokens;

    Expectations(Schedule schedule, Map<String, Token> tokens) {
        this.schedule = schedule;
        this.tokens = tokens;
    }

    private Item item(String id) {
        return items.computeIfAbsent(id, key -> new Item());
    }

    void violated(String what) {
        if (violations.add(what)) {
            schedule.note("VIOLATED", what);
        }
    }

    /** To be called before a node is asked to track an item, which it may do without an answer. */
    void tracking(String id, Duration lifetime) {
        Instant end = schedule.now().plus(lifetime);
        Item item = item(id);
        item.expiresAt = item.expiresAt == null || end.isBefore(item.expiresAt) ? end : item.expiresAt;
    }

    void acknowledged(String id) {
        item(id).acknowledged = true;
    }

    void granted(String id, String token, Instant since) {
        Item item = item(id);
        item.acknowledged = true;
        item.token = token;
        item.expiresAt = since.plus(SimulatedNode.VERDICT_EXPIRY);
    }

    /** To be called before a node gets a result. */
    void offering(String id, String code, SimulatedNode node) {
        Item item = item(id);
        boolean isFirst =
                item.acknowledgedBy.getOrDefault(node.name(), Set.of()).stream().allMatch(code::equals);
        if (isFirst && (item.stored == null || item.stored.equals(code))) {
            item.mayWin.add(code);
        }
    }

    /** To be called when a service answers a poll, which no callback has overtaken on that node. */
    void polled(String id, String code) {
        Item item = item(id);
        if (item.stored == null || item.stored.equals(code)) {
            item.mayWin.add(code);
        }
    }

    void accepted(String id, String code, SimulatedNode node, boolean isStored) {
        Item item = item(id);
        item.acknowledged = true;
        item.acknowledgedBy
                .computeIfAbsent(node.name(), key -> new LinkedHashSet<>())
                .add(code);
        if (isStored) {
            if (item.stored != null && !item.stored.equals(code)) {
                violated("two results were stored as the first: " + id + ", " + item.stored + " and " + code);
            }
            if (item.handled != null && !item.handled.equals(LateOutcome.COMPLETED + " " + code)) {
                violated("a result was stored after the handler had another: " + id + ", " + item.handled);
            }
            item.stored = code;
        }
    }

    void discarding(String id) {
        item(id).mayBeDiscarded = true;
    }

    void discarded(String id) {
        item(id).mustBeDiscarded = true;
    }

    /** Returns whether the item was discarded in the store, so that no call of a handler may have an effect. */
    boolean isDiscarded(String id) {
        return item(id).mustBeDiscarded;
    }

    void handling(LateResult result) {
        Item item = item(result.getId());
        String text = text(result);
        if (item.handled != null && !item.handled.equals(text)) {
            violated("the outcome changed: " + result.getId() + ", " + item.handled + ", then " + text);
        }
        item.handled = text;
        boolean isExpired = result.getOutcome() == LateOutcome.EXPIRED;
        if (isExpired && item.expiresAt == null && result.getKind() == LateKind.TASK) {
            violated("expired though it was never tracked: " + result.getId());
        }
        if (isExpired && item.expiresAt != null && schedule.now().isBefore(item.expiresAt.minus(CLOCKS))) {
            violated("expired early: " + result.getId());
        }
        if (result.getOutcome() == LateOutcome.COMPLETED && !item.mayWin.contains(result.getCode())) {
            violated("a later result won: " + result.getId() + ", " + result.getCode() + " of " + item.mayWin);
        }
        if (item.stored != null && !text.equals(LateOutcome.COMPLETED + " " + item.stored)) {
            violated("not the result that was stored first: " + result.getId() + ", " + text);
        }
        Token token = item.token == null ? null : tokens.get(item.token);
        boolean isWrong = token != null
                && (result.getOutcome() == LateOutcome.VERIFIED && !(token.isGood && token.redeemed)
                        || result.getOutcome() == LateOutcome.REJECTED && token.isGood && !isForgotten(token, item));
        if (isWrong) {
            violated("a wrong verdict: " + result.getId() + ", " + result.getOutcome());
        }
    }

    /** Whether the item's request was allowed after the token's life: the store no longer knows that it was allowed before. */
    private static boolean isForgotten(Token token, Item item) {
        return item.expiresAt
                .minus(SimulatedNode.VERDICT_EXPIRY.multipliedBy(2))
                .isAfter(token.grantedAt.minus(CLOCKS));
    }

    private static String text(LateResult result) {
        return result.getOutcome() + (result.getCode() == null ? "" : " " + result.getCode());
    }

    void succeeded(String id) {
        item(id).succeeded++;
    }

    void published(String id, LateState state) {
        if ((state == LateState.DELIVERED || state == LateState.EXPIRED) && ++item(id).published > 1) {
            violated("published as delivered twice: " + id);
        }
    }

    /** Compares with the store, once nothing is left to do. */
    void check(Map<String, Optional<LateItem>> stored, Map<String, List<String>> effects) {
        items.forEach((id, item) -> {
            Optional<LateItem> found = stored.getOrDefault(id, Optional.empty());
            if (found.isPresent()) {
                check(id, item, found.get(), effects.getOrDefault(id, List.of()));
            } else if (item.acknowledged) {
                violated("lost: " + id);
            }
        });
        effects.keySet().stream()
                .filter(id -> !items.containsKey(id))
                .forEach(id -> violated("an effect of an item that nobody knows: " + id));
    }

    private void check(String id, Item item, LateItem stored, List<String> effects) {
        LateState state = stored.getState();
        boolean isDelivered = state == LateState.DELIVERED || state == LateState.EXPIRED;
        if (!isDelivered && state != LateState.DEAD_LETTER && state != LateState.DISCARDED) {
            violated("unfinished: " + id + ", " + state);
        }
        if (state == LateState.DISCARDED && !item.mayBeDiscarded) {
            violated("discarded by nobody: " + id);
        }
        if (item.mustBeDiscarded && state != LateState.DISCARDED) {
            violated("not discarded: " + id + ", " + state);
        }
        if (isDelivered && item.succeeded == 0 && Effect.of(id) == Effect.PLAIN) {
            violated("delivered without a handler: " + id);
        }
        if (isDelivered && !String.valueOf(item.handled).startsWith(String.valueOf(stored.getOutcome()))) {
            violated("the store has another outcome: " + id + ", " + stored.getOutcome() + ", not " + item.handled);
        }
        if ((state == LateState.EXPIRED) != (isDelivered && stored.getOutcome() == LateOutcome.EXPIRED)) {
            violated("state and outcome differ: " + id + ", " + state + ", " + stored.getOutcome());
        }
        if (!isDelivered && item.published > 0) {
            violated("published as delivered: " + id + ", " + state);
        }
        int expected = isDelivered && Effect.of(id) != Effect.PLAIN ? 1 : 0;
        if (effects.size() != expected) {
            violated("effects: " + id + ", " + effects.size() + " and not " + expected + ", " + state);
        }
        List<String> others = effects.stream()
                .filter(effect -> !Objects.equals(effect, item.handled))
                .toList();
        if (!others.isEmpty()) {
            violated("the effect of another result: " + id + ", " + others);
        }
    }

    List<String> ids() {
        return List.copyOf(items.keySet());
    }

    List<String> violations() {
        return new ArrayList<>(violations);
    }
}
