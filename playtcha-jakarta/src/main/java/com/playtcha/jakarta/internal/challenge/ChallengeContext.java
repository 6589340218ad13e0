package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.Failures;
import com.playtcha.jakarta.internal.config.AddressRange;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.util.LogThrottle;
import com.playtcha.jakarta.internal.util.Sha256;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the challenges of one application share: its policies, the failures, and the passes of its sessions. It stays when
 * guards stop and start again. Thread-safe.
 */
public final class ChallengeContext implements Failures {
    private static final Logger LOG = LoggerFactory.getLogger(ChallengeContext.class);
    /** The bits of an IPv6 address that one visitor does not choose. */
    private static final int NETWORK_BITS = 64;

    /** Longer names that begin alike count as one. */
    private static final int MAX_NAME = 1000;

    /** Invisible characters, and accents that belong to no one script; marks of one script may be its vowels. */
    private static final Pattern IGNORED = Pattern.compile("[\\p{C}[\\p{M}&&\\p{IsInherited}]]");

    /** Exempt requests without any failure, after which it is likely that the application records none. */
    private static final int MANY_EXEMPT = 200;

    private final Supplier<List<ChallengePolicy>> policies;
    private final Supplier<@Nullable FailureCounter> replacement;
    private final FailureCounter memory;
    final SessionPasses passes;
    private final LogThrottle throttle;
    private final AtomicInteger exemptWithoutFailures = new AtomicInteger();
    private final LongSupplier nanoTime;
    private volatile boolean failuresSeen;
    /** When the application's counter last failed to record a failure; until the window has passed, its counts are too low. */
    private volatile @Nullable Long lostAt;

    private volatile Duration longestWindow = Duration.ZERO;

    /**
     * Creates a context.
     *
     * @param policies returns the application's policies; called for each request
     * @param counter returns the application's counter, or null for the one in memory
     */
    public ChallengeContext(
            Supplier<List<ChallengePolicy>> policies,
            Supplier<@Nullable FailureCounter> counter,
            LongSupplier nanoTime) {
        this.policies = policies;
        this.replacement = counter;
        this.nanoTime = nanoTime;
        this.memory = new RecentFailures(nanoTime);
        this.passes = new SessionPasses(nanoTime);
        this.throttle = new LogThrottle(nanoTime);
    }

    /** Returns a context without policies. */
    public static ChallengeContext empty(LongSupplier nanoTime) {
        return new ChallengeContext(List::of, () -> null, nanoTime);
    }

    /** Takes the settings of a guard into account: failures count for the longest window. */
    void add(GuardSettings settings) {
        Duration window = settings.get(Setting.FAILURE_WINDOW);
        synchronized (memory) {
            longestWindow = window.compareTo(longestWindow) > 0 ? window : longestWindow;
        }
    }

    List<ChallengePolicy> policies() {
        return policies.get();
    }

    /** Logs, once a minute, that something of the application's failed, so that a token is required. */
    void warn(String what, String guard, Throwable failure) {
        String line = "{} failed, so a token is required: guard={} count={}";
        throttle.log(List.of(what, guard), count -> LOG.warn(line, what, guard, count, failure));
    }

    /** Warns, once, where nothing seems to record failures, since no token is ever required then. */
    void exemptedByFailures(String guard) {
        if (!failuresSeen && exemptWithoutFailures.incrementAndGet() == MANY_EXEMPT) {
            LOG.warn(
                    "after-failures of guard {} has allowed requests without a token, {} in this application, and no"
                            + " failure was ever recorded. If log-ins have failed, their form stays open: call"
                            + " PlaytchaGuards.failures().record where one fails",
                    guard,
                    MANY_EXEMPT);
        }
    }

    private FailureCounter counter() {
        FailureCounter own = replacement.get();
        return own == null ? memory : own;
    }

    private Duration window() {
        return longestWindow.isZero() ? Duration.ofMinutes(15) : longestWindow;
    }

    @Override
    public void record(@Nullable String address, @Nullable String name) {
        failuresSeen = true;
        if (!each(keys(address, name, true), key -> counter().record(key, window()))) {
            lostAt = nanoTime.getAsLong();
        }
    }

    @Override
    public void clear(@Nullable String address, @Nullable String name) {
        each(keys(address, name, isOneSpelling(name)), key -> counter().clear(key));
    }

    /**
     * Whether all failures of a name without accents and the like are of this spelling. An account of one's own under another
     * spelling must not clear this user's failures.
     */
    private boolean isOneSpelling(@Nullable String name) {
        List<String> spellings = keys(null, name, true);
        try {
            return spellings.size() > 1
                    && counter().count(spellings.get(1), window()) <= counter().count(spellings.get(0), window());
        } catch (Throwable e) {
            // Clearing fails too, and says so.
            return false;
        }
    }

    /** A log-in does not fail because failures cannot be counted. Returns whether they could. */
    private boolean each(List<String> keys, Consumer<String> call) {
        try {
            keys.forEach(call);
            return true;
        } catch (Throwable e) {
            warn("The application's FailureCounter", "-", e);
            return false;
        }
    }

    @Override
    public int count(@Nullable String address, @Nullable String name) {
        return count(address, name, window(), null);
    }

    /** Counts for a guard, whose limit holds for a counter of the application's. */
    int count(@Nullable String address, @Nullable String name, Duration window, @Nullable CallLimit limit) {
        try {
            List<String> keys = keys(address, name, true);
            if (keys.isEmpty()) {
                // Nothing is known of a caller without address and name.
                return Integer.MAX_VALUE;
            }
            Long lost = lostAt;
            if (lost != null && nanoTime.getAsLong() - lost < window.toNanos()) {
                return Integer.MAX_VALUE;
            }
            FailureCounter counter = counter();
            Supplier<Integer> count = () -> keys.stream()
                    .mapToInt(key -> counter.count(key, window))
                    .max()
                    .orElseThrow();
            int most = limit == null || counter == memory ? count.get() : limit.call(count);
            if (most > 0) {
                failuresSeen = true;
            }
            return most;
        } catch (Throwable e) {
            warn("The application's FailureCounter", "-", e);
            return Integer.MAX_VALUE;
        }
    }

    /** Returns the keys that a caller is counted under: address and name, and of all, the name without accents and the like. */
    private static List<String> keys(@Nullable String address, @Nullable String name, boolean all) {
        List<String> keys = new ArrayList<>();
        if (address != null && !address.isBlank()) {
            byte[] bytes = AddressRange.bytes(address);
            keys.add("address:"
                    + (bytes == null
                            ? Sha256.hex(address)
                            : HexFormat.of().formatHex(AddressRange.masked(bytes, NETWORK_BITS))));
        }
        if (name != null && !name.isBlank()) {
            // Many applications ignore the case of names.
            String written = name.strip().toLowerCase(Locale.ROOT);
            String folded = folded(name);
            keys.add("name:" + Sha256.hex(written));
            if (all && !folded.isEmpty() && !folded.equals(written)) {
                keys.add("name:" + Sha256.hex(folded));
            }
        }
        return keys;
    }

    /**
     * Returns a name without case, accents, widths and invisible characters, which the usual collations of MySQL and MariaDB
     * ignore: otherwise each spelling of a user's name would have failures of its own.
     */
    private static String folded(String name) {
        // Bounded, since it may become eighteen times as long.
        String bounded = name.substring(0, Math.min(name.length(), MAX_NAME));
        String plain = IGNORED.matcher(Normalizer.normalize(bounded, Normalizer.Form.NFKD))
                .replaceAll("");
        // First to upper case: some letters are equal in that one only.
        return plain.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).strip();
    }
}
