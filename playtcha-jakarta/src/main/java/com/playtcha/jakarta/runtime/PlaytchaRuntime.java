package com.playtcha.jakarta.runtime;

import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.config.GuardSettings;
import com.playtcha.jakarta.config.SecretSource;
import com.playtcha.jakarta.gate.Breaker;
import com.playtcha.jakarta.gate.Guard;
import com.playtcha.jakarta.gate.ThrottleWindow;
import com.playtcha.jakarta.gate.UnverifiedTokens;
import com.playtcha.jakarta.http.HttpUpstream;
import com.playtcha.jakarta.http.Target;
import com.playtcha.jakarta.json.JsonWriter;
import com.playtcha.jakarta.json.StrictJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All guards of one application and what they share (contract, section 3): guards with the same base URL, secret,
 * proxy, timeouts and {@code breaker} share one pool and one breaker; guards with the same base URL and proxy share one
 * throttle window. Built once, closed once; closing ends every connection and thread before it returns. Thread-safe.
 */
public final class PlaytchaRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRuntime.class);

    /** What makes two guards share a pool and a breaker. */
    private record PoolKey(
            Target target, SecretSource secret, Duration timeout, Duration connectTimeout, boolean breaker) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof PoolKey that
                    && target.equals(that.target)
                    && secret.equals(that.secret)
                    && timeout.equals(that.timeout)
                    && connectTimeout.equals(that.connectTimeout)
                    && breaker == that.breaker;
        }

        @Override
        public int hashCode() {
            return Objects.hash(target, secret, timeout, connectTimeout, breaker);
        }
    }

    private final Map<GuardSettings, Guard> guards = new LinkedHashMap<>();
    private final List<HttpUpstream> upstreams = new ArrayList<>();
    private final List<VerificationListener> listeners = new CopyOnWriteArrayList<>();
    private final StrictJson json = new StrictJson();
    private final JsonWriter writer = new JsonWriter();
    private final AtomicBoolean closed = new AtomicBoolean();

    private PlaytchaRuntime(Collection<GuardSettings> settings) {
        Map<PoolKey, List<GuardSettings>> pools = new LinkedHashMap<>();
        for (GuardSettings guard : new LinkedHashSet<>(settings)) {
            if (guard.enabled()) {
                pools.computeIfAbsent(key(guard), k -> new ArrayList<>()).add(guard);
            } else {
                guards.put(guard, new Guard(guard, null, listeners, System::nanoTime));
            }
        }
        UnverifiedTokens unverified = new UnverifiedTokens(System::nanoTime);
        Map<String, ThrottleWindow> windows = new LinkedHashMap<>();
        pools.forEach((key, sharing) -> {
            ThrottleWindow window =
                    windows.computeIfAbsent(key.target().throttleKey(), k -> new ThrottleWindow(System::nanoTime));
            Guard.Shared shared = new Guard.Shared(
                    open(key, sharing), key.breaker() ? breaker(key.target()) : null, window, unverified);
            for (GuardSettings guard : sharing) {
                guards.put(guard, new Guard(guard, shared, listeners, System::nanoTime));
            }
        });
    }

    /**
     * Builds the guards; opens no connection yet.
     *
     * @param guards every guard of the application; equal settings make one guard, with one budget and one bulkhead
     * @return to be closed with the application
     */
    public static PlaytchaRuntime start(Collection<GuardSettings> guards) {
        return new PlaytchaRuntime(guards);
    }

    private static PoolKey key(GuardSettings guard) {
        return new PoolKey(Target.of(guard), guard.secret(), guard.timeout(), guard.connectTimeout(), guard.breaker());
    }

    private HttpUpstream open(PoolKey key, List<GuardSettings> sharing) {
        int capacity = sharing.stream().mapToInt(GuardSettings::maxConcurrent).sum();
        HttpUpstream upstream = new HttpUpstream(
                key.target(), sharing.get(0).secret(), key.timeout(), key.connectTimeout(), capacity, json, writer);
        upstreams.add(upstream);
        return upstream;
    }

    private static @Nullable Breaker breaker(Target target) {
        return new Breaker(System::nanoTime, (from, to, openFor) -> {
            String host = target.host();
            switch (to) {
                case OPEN -> LOG.warn("Breaker open, {} is not asked for {} s", host, openFor.toSeconds());
                case HALF_OPEN -> LOG.warn("Breaker half open, {} is asked once", host);
                case CLOSED -> LOG.warn("Breaker closed, {} answers again", host);
            }
        });
    }

    /**
     * The guard that works by these settings.
     *
     * @param settings equal to some this was started with
     * @return its guard
     * @throws IllegalArgumentException for other settings
     */
    public Guard guard(GuardSettings settings) {
        Guard guard = guards.get(settings);
        if (guard == null) {
            throw new IllegalArgumentException("no guard was started with these settings: " + settings.name());
        }
        return guard;
    }

    /**
     * Adds one that hears of every verification from now on.
     *
     * @param listener called on the verifying thread
     */
    public void addListener(VerificationListener listener) {
        listeners.add(listener);
    }

    /**
     * The shared reader of JSON.
     *
     * @return thread-safe
     */
    public StrictJson json() {
        return json;
    }

    /**
     * The shared writer of JSON.
     *
     * @return thread-safe; closed with this
     */
    public JsonWriter jsonWriter() {
        return writer;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        upstreams.forEach(HttpUpstream::close);
        try {
            writer.close();
        } catch (IllegalStateException e) {
            LOG.warn("Something is left open", e);
        }
    }
}
