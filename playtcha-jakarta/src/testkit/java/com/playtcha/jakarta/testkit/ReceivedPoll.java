package com.playtcha.jakarta.testkit;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One poll as a {@link ResultServiceStandIn} received it. Immutable.
 *
 * @since 0.1
 */
public final class ReceivedPoll {
    private final RawRequest request;
    private final String id;
    private final @Nullable String key;
    private final int connection;
    private final Instant when;

    ReceivedPoll(RawRequest request, String id, @Nullable String key, int connection, Instant when) {
        this.request = request;
        this.id = id;
        this.key = key;
        this.connection = connection;
        this.when = when;
    }

    /**
     * Returns the request target as it was sent, with the key.
     *
     * @return such as {@code /res.php?key=k&action=get&id=1&json=1}
     */
    public String target() {
        return request.target();
    }

    /**
     * Returns all headers in an unmodifiable map with case-insensitive names.
     *
     * @return the values of each, in the order they came
     */
    public Map<String, List<String>> headers() {
        return Collections.unmodifiableMap(request.headers());
    }

    /**
     * Returns the id of the task, decoded.
     *
     * @return never null
     */
    public String id() {
        return id;
    }

    /**
     * Returns the key, decoded.
     *
     * @return empty where none was sent
     */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /**
     * Returns the number of its connection. Numbers start at 1 and are not used again.
     *
     * @return the connection's number
     */
    public int connection() {
        return connection;
    }

    /**
     * Returns when it was read, by the stand-in's clock.
     *
     * @return never null
     */
    public Instant when() {
        return when;
    }

    int size() {
        return request.target().length() + request.headers().size() * 64;
    }

    /** Names task and connection, not the key. */
    @Override
    public String toString() {
        return "poll for " + id + " on connection " + connection;
    }
}
