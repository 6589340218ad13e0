package com.playtcha.jakarta.testkit;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One callback that a {@link ResultServiceStandIn} sent, or recorded as lost, and its outcome. Immutable.
 *
 * @since 0.1
 */
public final class SentCallback {
    private final String id;
    private final @Nullable String code;
    private final int attempt;
    private final int status;
    private final @Nullable String failure;
    private final Instant when;

    SentCallback(String id, @Nullable String code, int attempt, CallbackSender.Outcome outcome, Instant when) {
        this.id = id;
        this.code = code;
        this.attempt = attempt;
        this.status = outcome.status();
        this.failure = outcome.failure();
        this.when = when;
    }

    /**
     * The task.
     *
     * @return never null
     */
    public String id() {
        return id;
    }

    /**
     * The result it carried.
     *
     * @return empty where it carried the id alone
     */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /**
     * Which attempt of this callback it was.
     *
     * @return from 1
     */
    public int attempt() {
        return attempt;
    }

    /**
     * The HTTP status that came back.
     *
     * @return empty where none did
     */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /**
     * Why no status came back, such as {@code lost}, {@code unheard} or an exception's text.
     *
     * @return empty where one did
     */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Whether it was answered with 200, so that the service does not call back again.
     *
     * @return false for any other answer, and for none
     */
    public boolean isAcknowledged() {
        return status == 200;
    }

    /**
     * When it was over, by the stand-in's clock.
     *
     * @return never null
     */
    public Instant when() {
        return when;
    }

    /** Returns task, attempt and outcome. */
    @Override
    public String toString() {
        return "callback for " + id + ", attempt " + attempt + ": " + (failure == null ? "HTTP " + status : failure);
    }
}
