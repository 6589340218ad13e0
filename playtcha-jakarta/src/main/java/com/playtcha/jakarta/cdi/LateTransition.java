package com.playtcha.jakarta.cdi;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A late verdict or a task changed its state, or stayed a dead letter after one more failure (contract, section 7):
 *
 * <pre>{@code
 * void alert(@Observes LateTransition transition) { ... }
 * }</pre>
 *
 * <p>Fired after it was recorded, as {@link com.playtcha.jakarta.late.LateListener} says: on the thread that recorded it,
 * which mostly has no request context; be quick. What an observer throws is logged and changes nothing. It is no place to
 * take results from, since a process that dies fires nothing. Immutable.
 *
 * @since 0.1
 */
public final class LateTransition {
    private final String id;
    private final LateKind kind;
    private final @Nullable LateState from;
    private final LateState to;
    private final @Nullable LateOutcome outcome;

    /**
     * An event.
     *
     * @param id of the item
     * @param kind of the item
     * @param from null for a new item
     * @param to what it is now
     * @param outcome what came of it; null while awaited
     */
    public LateTransition(
            String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        this.id = Objects.requireNonNull(id, "id");
        this.kind = Objects.requireNonNull(kind, "kind");
        this.from = from;
        this.to = Objects.requireNonNull(to, "to");
        this.outcome = outcome;
    }

    /**
     * The item.
     *
     * @return its id, as given; not to be trusted as text
     */
    public String getId() {
        return id;
    }

    /**
     * What the item waits for.
     *
     * @return never null
     */
    public LateKind getKind() {
        return kind;
    }

    /**
     * What it was.
     *
     * @return null for a new item
     */
    public @Nullable LateState getFrom() {
        return from;
    }

    /**
     * What it is now.
     *
     * @return never null
     */
    public LateState getTo() {
        return to;
    }

    /**
     * What came of it.
     *
     * @return null while awaited
     */
    public @Nullable LateOutcome getOutcome() {
        return outcome;
    }

    /** Without the id, which may be whatever a callback sent. */
    @Override
    public String toString() {
        return "LateTransition[" + kind + ", " + (from == null ? "new" : from) + " to " + to
                + (outcome == null ? "" : ", " + outcome) + "]";
    }
}
