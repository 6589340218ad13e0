package com.playtcha.jakarta.internal.challenge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.ChallengeRequest;
import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.TestTicker;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has to show a token (contract, section 11). */
class ChallengeTest {
    private final TestTicker ticker = new TestTicker();
    private final List<ChallengePolicy> policies = new ArrayList<>();
    private final CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.DEBUG);
    private @Nullable FailureCounter replacement;
    private final ChallengeContext context = new ChallengeContext(() -> policies, () -> replacement, ticker);

    /** A principal that a framework has for users who are not logged in. */
    private static final class AnonymousUser implements Principal {
        @Override
        public String getName() {
            return "visitor";
        }
    }

    @AfterEach
    void close() {
        log.close();
    }

    private Challenge challenge(String... settings) {
        Map<String, String> values = new HashMap<>(Map.of("secret", "s", "base-url", "http://127.0.0.1:1"));
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        return new Challenge(TestSettings.guard(values), context);
    }

    private void exempt(Challenge challenge, int requests) {
        for (int i = 0; i < requests; i++) {
            assertThat(challenge.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
        }
    }

    @Test
    void afterFailuresOfWhichNoneIsEverRecordedIsOneWarning() {
        Challenge challenge = challenge("after-failures", "3");

        exempt(challenge, 199);
        assertThat(log.lines()).isEmpty();
        exempt(challenge, 300);

        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN after-failures of guard default has allowed requests without a token");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterFailuresThatAreRecordedIsNoWarning(boolean here) {
        if (here) {
            context.record("192.0.2.2", null);
        } else {
            replacement = new FailureCounter() {
                @Override
                public void record(String key, Duration window) {}

                @Override
                public int count(String key, Duration window) {
                    return 1;
                }

                @Override
                public void clear(String key) {}
            };
        }

        exempt(challenge("after-failures", "3"), 500);

        assertThat(log.lines()).isEmpty();
    }

    @Test
    void everybodyByDefault() {
        assertThat(challenge().exemption(TestCaller.at("127.0.0.1").as(() -> "ann", "admin")))
                .isNull();
        assertThat(challenge().exemption(Caller.UNKNOWN)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"admin, true", "'staff,Domain Admins', true", "staff, false", "ADMIN, false", "*, true"})
    void notUsersWithARole(String roles, boolean isExempt) {
        assertThat(challenge("exempt-roles", roles)
                        .exemption(TestCaller.at("192.0.2.1").as(() -> "ann", "admin", "Domain Admins")))
                .isEqualTo(isExempt ? Reason.EXEMPT_ROLES : null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"anonymous", "anonymousUser", "<ANONYMOUS>", "UNAUTHENTICATED", "", " "})
    void anAnonymousPrincipalIsNobody(String name) {
        Challenge all = challenge("exempt-roles", "*");
        assertThat(all.exemption(TestCaller.at("192.0.2.1").as(() -> name))).isNull();
        assertThat(all.exemption(TestCaller.at("192.0.2.1").as(new AnonymousUser())))
                .isNull();
        assertThat(all.exemption(TestCaller.at("192.0.2.1").as(() -> null))).isNull();
        assertThat(all.exemption(TestCaller.at("192.0.2.1"))).isNull();
        assertThat(challenge("exempt-roles", "admin")
                        .exemption(TestCaller.at("192.0.2.1").as(null, "*")))
                .isNull();
    }

    @Test
    void notExemptAddresses() {
        Challenge office = challenge("exempt-addresses", "192.0.2.0/24, 2001:db8::/32");
        assertThat(office.exemption(TestCaller.at("192.0.2.99"))).isEqualTo(Reason.EXEMPT_ADDRESSES);
        assertThat(office.exemption(TestCaller.at("::ffff:192.0.2.99"))).isEqualTo(Reason.EXEMPT_ADDRESSES);
        assertThat(office.exemption(TestCaller.at("2001:db8::7"))).isEqualTo(Reason.EXEMPT_ADDRESSES);
        assertThat(office.exemption(TestCaller.at("198.51.100.1"))).isNull();
        assertThat(office.exemption(TestCaller.at(null))).isNull();
    }

    @Test
    void onlyAfterFailuresOfTheSameAddress() {
        Challenge login = challenge("after-failures", "2", "failure-window", "PT10M");
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
        context.record("192.0.2.1");
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
        context.record("192.0.2.1");
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isNull();
        assertThat(login.exemption(TestCaller.at("::ffff:192.0.2.1")))
                .as("the same address")
                .isNull();
        assertThat(login.exemption(TestCaller.at("192.0.2.2"))).isEqualTo(Reason.AFTER_FAILURES);
        assertThat(context.count("192.0.2.1")).isEqualTo(2);
        ticker.advance(Duration.ofMinutes(10));
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
    }

    @Test
    void afterFailuresOfTheSameName() {
        Challenge login = challenge("after-failures", "1");
        context.record("192.0.2.1", "Ann");
        assertThat(login.exemption(TestCaller.at("192.0.2.2").named("bob"))).isEqualTo(Reason.AFTER_FAILURES);
        assertThat(login.exemption(TestCaller.at("192.0.2.2").named(" ANN "))).isNull();
        assertThat(login.exemption(TestCaller.at("192.0.2.2").as(() -> "ann"))).isNull();
        context.clear(null, "ann");
        assertThat(login.exemption(TestCaller.at("192.0.2.2").named("ann"))).isEqualTo(Reason.AFTER_FAILURES);
        assertThat(context.count("192.0.2.1")).isEqualTo(1);
        context.clear("192.0.2.1");
        assertThat(context.count("192.0.2.1", "ann")).isZero();
    }

    /** MariaDB and MySQL find the user for each of these names, with one or another of their usual collations. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "KRISTIAN",
                "kr\u0131stian",
                "KR\u0130ST\u0130AN",
                "kri\u017ftian",
                "\u212aristian",
                "kristi\u00e1n",
                "kristia\u0301n",
                "\uff4bristian",
                "kri\u200bstian",
                "kri\u00adstian",
                "\u0000kristian",
                "kristian\u00a0"
            })
    void aNameIsTheSameInEverySpelling(String name) {
        Challenge login = challenge("after-failures", "1");
        context.record("192.0.2.1", "kristian");

        assertThat(login.exemption(TestCaller.at("192.0.2.2").named(name))).isNull();
        context.clear(null, "Kristian");
        assertThat(context.count(null, name)).isZero();
        context.record("192.0.2.1", name);
        assertThat(context.count(null, "kristian")).isOne();
    }

    /** In other databases it is another user's account, which anyone may have made. */
    @Test
    void aLogInUnderAnotherSpellingClearsItsOwnFailuresOnly() {
        context.record("192.0.2.1", "kristian");
        context.record("192.0.2.1", "kristi\u00e1n");

        context.clear(null, "kristi\u00e1n");
        assertThat(context.count(null, "kristian")).isEqualTo(2);
        assertThat(context.count(null, "kristi\u00e1n"))
                .as("which may be the same user's")
                .isEqualTo(2);
        context.clear(null, "KRISTIAN");
        assertThat(context.count(null, "kristi\u00e1n")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zoe", "Zo\u00eb", "\uae40\ucca0\uc218", "j\u00fcrgen@example.org"})
    void aLogInClearsWhatFailedUnderItsName(String name) {
        context.record("192.0.2.1", name);
        context.record("192.0.2.2", name);

        context.clear("192.0.2.2", name);

        assertThat(context.count(null, name)).isZero();
    }

    @Test
    void aNameInAnyScriptIsItsOwn() {
        Challenge login = challenge("after-failures", "1");
        context.record("192.0.2.1", "\u5f20\u4f1f");
        context.record("192.0.2.1", "\u0915\u093f");
        context.record("192.0.2.1", "\ufdfa".repeat(100_000));

        assertThat(login.exemption(TestCaller.at("192.0.2.2").named("\u5f20\u6d0b")))
                .isEqualTo(Reason.AFTER_FAILURES);
        assertThat(login.exemption(TestCaller.at("192.0.2.2").named("\u0915\u0940")))
                .isEqualTo(Reason.AFTER_FAILURES);
        assertThat(login.exemption(TestCaller.at("192.0.2.2").named("\u5f20\u4f1f")))
                .isNull();
        assertThat(login.exemption(TestCaller.at("192.0.2.2").named("\ufdfa".repeat(100_000))))
                .isNull();
    }

    @Test
    void aVisitorHasAWholeNetworkOfVersionSix() {
        Challenge login = challenge("after-failures", "3");
        IntStream.range(1, 4).forEach(i -> context.record("2001:db8::" + i));
        assertThat(login.exemption(TestCaller.at("2001:db8::9"))).isNull();
        assertThat(login.exemption(TestCaller.at("2001:db8:0:1::9"))).isEqualTo(Reason.AFTER_FAILURES);
    }

    @Test
    void aCallerOfWhomNothingIsKnownNeedsAToken() {
        assertThat(challenge("after-failures", "5").exemption(Caller.UNKNOWN)).isNull();
    }

    @Test
    void aFullCounterAsksEverybodyUntilTheWindowHasPassed() {
        Challenge login = challenge("after-failures", "1", "failure-window", "PT10M");
        for (int i = 0; i < RecentFailures.CAPACITY; i++) {
            context.record(null, "name-" + i);
        }
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
        context.record("192.0.2.1");
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isNull();
        assertThat(login.exemption(TestCaller.at("192.0.2.2")))
                .as("its failure could have been the lost one")
                .isNull();
        ticker.advance(Duration.ofMinutes(10));
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
        context.record("192.0.2.1");
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isNull();
        assertThat(login.exemption(TestCaller.at("192.0.2.2"))).isEqualTo(Reason.AFTER_FAILURES);
    }

    @Test
    void failuresOfManyThreadsAreAllCounted() throws Exception {
        concurrently(16, () -> {
            context.record("192.0.2.1", "ann");
            return true;
        });
        assertThat(context.count("192.0.2.1", "bob")).isEqualTo(16);
    }

    @Test
    void anotherCounterReplacesTheOneInMemory() {
        Map<String, Integer> counts = new ConcurrentHashMap<>();
        replacement = new FailureCounter() {
            @Override
            public void record(String key, Duration window) {
                counts.merge(key + " " + window, 1, Integer::sum);
            }

            @Override
            public int count(String key, Duration window) {
                return counts.getOrDefault(key + " " + window, 0);
            }

            @Override
            public void clear(String key) {
                counts.clear();
            }
        };
        Challenge login = challenge("after-failures", "1", "failure-window", "PT20M");
        context.record("192.0.2.1", "Ann");
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isNull();
        assertThat(counts.keySet())
                .hasSize(2)
                .allMatch(key -> key.matches("(address:c0000201|name:[0-9a-f]{64}) PT20M"));
        context.clear("192.0.2.1", null);
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
    }

    @Test
    void aCounterThatFailsMeansThatATokenIsRequired() {
        replacement = new FailureCounter() {
            @Override
            public void record(String key, Duration window) {
                throw new IllegalStateException("no connection");
            }

            @Override
            public int count(String key, Duration window) {
                throw new IllegalStateException("no connection");
            }

            @Override
            public void clear(String key) {}
        };
        context.record("192.0.2.1");
        assertThat(challenge("after-failures", "5").exemption(TestCaller.at("192.0.2.1")))
                .isNull();
        assertThat(log.lines()).filteredOn(line -> line.startsWith("WARN")).hasSize(1);
    }

    /** As a store of which a replica is left: what is read from it lacks what could not be written. */
    @Test
    void aFailureThatACounterCouldNotRecordMeansThatATokenIsRequiredUntilItsWindowHasPassed() {
        replacement = new FailureCounter() {
            @Override
            public void record(String key, Duration window) {
                throw new IllegalStateException("read only");
            }

            @Override
            public int count(String key, Duration window) {
                return 0;
            }

            @Override
            public void clear(String key) {}
        };
        Challenge login = challenge("after-failures", "1", "failure-window", "PT20M");
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
        context.record("192.0.2.1");
        ticker.advance(Duration.ofMinutes(19));
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isNull();
        ticker.advance(Duration.ofMinutes(1));
        assertThat(login.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
    }

    @Test
    void theLastWordIsThePolicys() {
        List<Boolean> bySettings = new ArrayList<>();
        policies.add(request -> {
            bySettings.add(request.isTokenRequired());
            return !request.isTokenRequired();
        });
        Challenge contrary = challenge("exempt-roles", "*", "after-failures", "1");
        context.record("192.0.2.1");
        assertThat(contrary.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.CHALLENGE_POLICY);
        assertThat(contrary.exemption(TestCaller.at("192.0.2.1").as(() -> "ann")))
                .isNull();
        assertThat(bySettings).containsExactly(true, false);
    }

    @Test
    void anyOfSeveralPoliciesCanRequireAToken() {
        policies.add(ChallengeRequest::isTokenRequired);
        policies.add(request -> false);
        Challenge challenge = challenge("exempt-addresses", "192.0.2.1");
        assertThat(challenge.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.EXEMPT_ADDRESSES);
        assertThat(challenge.exemption(TestCaller.at("192.0.2.2"))).isNull();
    }

    /** What a policy can throw; Kotlin's and Groovy's throw checked exceptions undeclared. */
    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("no database"),
                new java.io.IOException("no database"),
                new AssertionError("a bug"),
                new StackOverflowError(),
                new NoClassDefFoundError("gone"));
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> boolean sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aPolicyThatThrowsMeansThatATokenIsRequired(Throwable failure) {
        policies.add(request -> ChallengeTest.<RuntimeException>sneak(failure));
        Challenge exempt = challenge("exempt-roles", "*");
        for (int i = 0; i < 3; i++) {
            assertThat(exempt.exemption(TestCaller.at("192.0.2.1").as(() -> "ann")))
                    .isNull();
        }
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARN"))
                .singleElement()
                .asString()
                .contains("ChallengePolicy failed, so a token is required");
    }

    @Test
    void policiesThatHangHoldAtMostMaxConcurrentThreads() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch released = new CountDownLatch(1);
        policies.add(request -> {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return false;
        });
        Challenge hanging = challenge("max-concurrent", "2");
        List<FutureTask<Reason>> held = IntStream.range(0, 2)
                .mapToObj(i -> new FutureTask<>(() -> hanging.exemption(TestCaller.at("192.0.2.1"))))
                .toList();
        held.forEach(task -> new Thread(task).start());
        entered.await();
        assertThat(hanging.exemption(TestCaller.at("192.0.2.1"))).isNull();
        released.countDown();
        for (FutureTask<Reason> task : held) {
            assertThat(task.get()).isEqualTo(Reason.CHALLENGE_POLICY);
        }
        assertThat(hanging.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.CHALLENGE_POLICY);
    }

    @Test
    void countersThatHangHoldAtMostMaxConcurrentThreads() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch released = new CountDownLatch(1);
        replacement = new FailureCounter() {
            @Override
            public void record(String key, Duration window) {}

            @Override
            public int count(String key, Duration window) {
                entered.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 0;
            }

            @Override
            public void clear(String key) {}
        };
        Challenge hanging = challenge("max-concurrent", "2", "after-failures", "1", "exempt-addresses", "192.0.2.9");
        List<FutureTask<Reason>> held = IntStream.range(0, 2)
                .mapToObj(i -> new FutureTask<>(() -> hanging.exemption(TestCaller.at("192.0.2.1"))))
                .toList();
        held.forEach(task -> new Thread(task).start());
        entered.await();
        FutureTask<Reason> third = new FutureTask<>(() -> hanging.exemption(TestCaller.at("192.0.2.1")));
        new Thread(third).start();
        assertThat(third.get(60, TimeUnit.SECONDS)).isNull();
        assertThat(hanging.exemption(TestCaller.at("192.0.2.9"))).isEqualTo(Reason.EXEMPT_ADDRESSES);
        released.countDown();
        for (FutureTask<Reason> task : held) {
            assertThat(task.get()).isEqualTo(Reason.AFTER_FAILURES);
        }
        assertThat(hanging.exemption(TestCaller.at("192.0.2.1"))).isEqualTo(Reason.AFTER_FAILURES);
    }

    @Test
    void theLastPassIsUsedOnce() throws Exception {
        Challenge form = challenge("session-pass", "3");
        TestCaller visitor = TestCaller.at("192.0.2.1").in(new ConcurrentHashMap<>());
        form.grantPasses(visitor);
        AtomicInteger used = new AtomicInteger();
        concurrently(16, () -> form.tryUsePass(visitor) && used.incrementAndGet() > 0);
        assertThat(used).hasValue(3);
        assertThat(form.hasPass(visitor)).isFalse();
        form.grantPasses(visitor);
        form.grantPasses(visitor);
        assertThat(IntStream.range(0, 10).filter(i -> form.tryUsePass(visitor))).hasSize(3);
    }

    @Test
    void aPassIsOfItsSessionAndGuardAndEndsAfterFiveMinutes() {
        Challenge form = challenge("session-pass", "10");
        Map<String, Object> session = new ConcurrentHashMap<>();
        TestCaller visitor = TestCaller.at("192.0.2.1").in(session);
        form.grantPasses(TestCaller.at("192.0.2.1"));
        form.grantPasses(visitor);
        assertThat(form.hasPass(TestCaller.at("192.0.2.1").in(new HashMap<>()))).isFalse();
        assertThat(form.hasPass(TestCaller.at("192.0.2.1"))).isFalse();
        Challenge other = new Challenge(
                TestSettings.guard(
                        "other", Map.of("secret", "s", "base-url", "http://127.0.0.1:1", "session-pass", "10")),
                context);
        assertThat(other.hasPass(visitor)).isFalse();
        assertThat(form.hasPass(TestCaller.at("192.0.2.1").in(new HashMap<>(session))))
                .as("a framework has copied the session at log-in")
                .isTrue();
        ticker.advance(Duration.ofMinutes(5));
        assertThat(form.tryUsePass(visitor)).isFalse();
        assertThat(challenge().hasPass(visitor)).isFalse();
    }

    private static void concurrently(int threads, java.util.concurrent.Callable<Boolean> call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<FutureTask<Boolean>> tasks = IntStream.range(0, threads)
                .mapToObj(i -> new FutureTask<>(() -> {
                    start.await();
                    return call.call();
                }))
                .toList();
        tasks.forEach(task -> new Thread(task).start());
        for (FutureTask<Boolean> task : tasks) {
            task.get();
        }
    }
}
