package com.playtcha.jakarta.it.bench.faults;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.it.bench.guard.ComparedFilters;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** One of the two that are tried. */
interface Contender extends AutoCloseable {
    /** Both have as many places as there are callers, unless a fault says otherwise. */
    Duration TIMEOUT = Duration.ofMillis(500);

    /** Who is tried; the name is the column's. */
    enum Kind {
        PLAYTCHA,
        BY_HAND;

        Contender open(Service service, int places, Map<String, String> settings) {
            return this == PLAYTCHA ? new Library(service, places, settings) : new Filter(service, places);
        }
    }

    /** Never interrupted when it returns. Throws whatever escapes, which is an error page for a visitor. */
    Decision decide(String token);

    /** Returns the number of places that are taken. */
    int active();

    @Override
    void close();

    /** The library, as it is. */
    final class Library implements Contender {
        private final StandaloneGuards guards;

        Library(Service service, int places, Map<String, String> settings) {
            Map<String, String> all = new HashMap<>(Map.of(
                    "base-url",
                    service.baseUrl().toString(),
                    "secret",
                    ComparedFilters.SECRET,
                    "allow-http",
                    "true",
                    "timeout",
                    TIMEOUT.toMillis() + "ms",
                    "connect-timeout",
                    TIMEOUT.toMillis() / 2 + "ms",
                    "max-concurrent",
                    Integer.toString(places),
                    // It would spare a broken service most of the calls.
                    "breaker",
                    "false",
                    "metrics",
                    "false"));
            URI proxy = service.proxy();
            if (proxy != null) {
                all.put("proxy", proxy.toString());
            }
            all.putAll(settings);
            guards = PlaytchaGuards.open(all);
        }

        @Override
        public Decision decide(String token) {
            Verification verification = guards.verifier().verify(token);
            return switch (verification.getOutcome()) {
                case VERIFIED -> verification.isAllowed() ? Decision.VERIFIED : Decision.ERROR;
                case REJECTED -> verification.isAllowed() ? Decision.ERROR : Decision.REFUSED;
                default -> verification.isAllowed() ? Decision.UNVERIFIED : Decision.TURNED_AWAY;
            };
        }

        @Override
        public int active() {
            try {
                MBeanServer server = ManagementFactory.getPlatformMBeanServer();
                int sum = 0;
                for (ObjectName name : server.queryNames(new ObjectName("com.playtcha.jakarta:type=Guard,*"), null)) {
                    sum += ((Number) server.getAttribute(name, "Active")).intValue();
                }
                return sum;
            } catch (JMException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            guards.close();
        }
    }

    /** The filter of the benchmark of guarded requests. */
    final class Filter implements Contender {
        private final ComparedFilters.HandWritten filter;

        Filter(Service service, int places) {
            @Nullable URI proxy = service.proxy();
            filter = new ComparedFilters.HandWritten(service.baseUrl().toString(), TIMEOUT, places, proxy);
        }

        @Override
        public Decision decide(String token) {
            try {
                return switch (filter.verify(token)) {
                    case GOOD -> Decision.VERIFIED;
                    case REFUSED -> Decision.REFUSED;
                    case UNAVAILABLE -> Decision.UNVERIFIED;
                };
            } catch (IOException e) {
                return Decision.UNVERIFIED;
            }
        }

        @Override
        public int active() {
            return 0;
        }

        @Override
        public void close() {
            filter.destroy();
        }
    }
}
