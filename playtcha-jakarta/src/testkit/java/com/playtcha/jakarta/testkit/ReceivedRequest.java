package com.playtcha.jakarta.testkit;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One verify request as a {@link PlaytchaStandIn} received it. Immutable.
 *
 * @since 0.1
 */
public final class ReceivedRequest {
    private final RawRequest request;
    private final VerifyBody body;
    private final int connection;
    private final Instant when;
    private volatile @Nullable Reply reply;

    ReceivedRequest(RawRequest request, VerifyBody body, int connection, Instant when) {
        this.request = request;
        this.body = body;
        this.connection = connection;
        this.when = when;
    }

    /**
     * The method.
     *
     * @return {@code POST}
     */
    public String method() {
        return request.method();
    }

    /**
     * The request target as it was sent.
     *
     * @return such as {@code /v1/verify}
     */
    public String target() {
        return request.target();
    }

    /**
     * All headers in one unmodifiable map that is read in any case.
     *
     * @return the values of each, in the order they came
     */
    public Map<String, List<String>> headers() {
        return Collections.unmodifiableMap(request.headers());
    }

    /**
     * The first value of a header.
     *
     * @param name in any case
     * @return empty where the header was not sent
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.headers().get(name)).map(values -> values.get(0));
    }

    /**
     * The body, decoded from UTF-8.
     *
     * @return never null
     */
    public String body() {
        return request.bodyText();
    }

    /**
     * The member {@code secret} of the body.
     *
     * @return never null
     */
    public String secret() {
        return body.secret();
    }

    /**
     * The member {@code token} of the body.
     *
     * @return never null
     */
    public String token() {
        return body.token();
    }

    /**
     * Which connection it came on. Numbers start at 1 and are never used again, not after {@code reset()} either.
     *
     * @return the connection's number
     */
    public int connection() {
        return connection;
    }

    /**
     * When it had been read, by the stand-in's clock.
     *
     * @return never null
     */
    public Instant when() {
        return when;
    }

    /**
     * The status that the stand-in answers with, known as soon as it has chosen its reply.
     *
     * @return empty where it gives no answer, or one that was scripted as raw bytes
     */
    public OptionalInt status() {
        Reply chosen = reply;
        if (chosen == null
                || chosen.plan.raw != null
                || chosen.plan.hang
                || chosen.plan.silentClose
                || chosen.plan.cutAfter == 0) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(chosen.plan.status);
    }

    void answeredWith(Reply chosen) {
        reply = chosen;
    }

    int size() {
        return request.body().length + request.headers().size() * 64;
    }

    /** Names method, target, token and connection; not the secret. */
    @Override
    public String toString() {
        return method() + " " + target() + " with token " + token() + " on connection " + connection;
    }
}
