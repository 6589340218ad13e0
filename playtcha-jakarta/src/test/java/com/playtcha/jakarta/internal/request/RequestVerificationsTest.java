package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guards of one request share (docs/contract.md, section 5), while the secret is rotated too. */
class RequestVerificationsTest {
    private static final String BEFORE = "sk_test_before_rotation";
    private static final String AFTER = "sk_test_after_rotation";
    private static final List<PresentedToken> TOKENS = List.of(token("ok-1"), PresentedToken.ABSENT);

    @TempDir
    Path folder;

    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().secret(AFTER).start();
    private final PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(), List.of());
    private final RequestVerifications verifications = new RequestVerifications();
    private Path file;
    /** One guard each of a filter, of a bean or resource behind it, and of a second filter with another timeout. */
    private Guard filter;

    private Guard bean;
    private Guard patient;

    @BeforeEach
    void start() throws IOException {
        file = Files.writeString(folder.resolve("secret"), BEFORE);
        filter = guard("filter", "secret-file", file.toString());
        bean = guard("bean", "secret-file", file.toString());
        patient = guard("patient", "secret-file", file.toString(), "timeout", "21s");
    }

    @AfterEach
    void stop() {
        runtime.close();
        playtcha.close();
    }

    private Guard guard(String name, String... keysAndValues) {
        Map<String, String> values = new HashMap<>(
                Map.of("base-url", playtcha.baseUrl().toString(), "timeout", "20s", "connect-timeout", "10s"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return runtime.guard(TestSettings.guard(name, values));
    }

    private static PresentedToken token(String value) {
        return PresentedToken.of(List.of(value), 100);
    }

    private Verification verify(Guard guard, PresentedToken token) {
        return verifications.verifyOrReuse(guard, token, Caller.UNKNOWN);
    }

    /** The next call of one of these guards reads the new secret. */
    private void rotate(Guard... guards) throws IOException {
        Files.writeString(file, AFTER);
        for (Guard guard : guards) {
            GuardSettings settings = guard.settings();
            settings.secret().invalidate();
        }
    }

    @Test
    void resultOfACallThatReadANewSecretIsOfTheProjectThatWasAsked() throws IOException {
        rotate(filter);

        assertThat(verify(filter, token("ok-1")).getOutcome()).isEqualTo(Outcome.VERIFIED);

        for (PresentedToken shown : TOKENS) {
            assertThat(verify(bean, shown).getOutcome()).isEqualTo(Outcome.VERIFIED);
            assertThat(verify(patient, shown).getOutcome()).isEqualTo(Outcome.VERIFIED);
        }
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void resultIsFoundAfterAnotherRequestReadANewSecret() throws IOException {
        playtcha.always(Reply.ok());
        assertThat(verify(filter, token("ok-1")).getOutcome()).isEqualTo(Outcome.VERIFIED);

        rotate(filter, patient);
        filter.verify("another-request");
        patient.verify("another-request");

        for (PresentedToken shown : TOKENS) {
            assertThat(verify(bean, shown).getOutcome()).isEqualTo(Outcome.VERIFIED);
            assertThat(verify(patient, shown).getOutcome()).isEqualTo(Outcome.VERIFIED);
        }
        assertThat(playtcha.requestCount()).isEqualTo(3);
    }

    @Test
    void guardsWithTheSameSecretFromOtherSourcesShareAResult() throws IOException {
        rotate(filter);
        verify(filter, token("ok-1"));

        Guard fixed = guard("fixed", "secret", AFTER);

        assertThat(verify(fixed, PresentedToken.ABSENT).getOutcome()).isEqualTo(Outcome.VERIFIED);
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void guardOfAnotherProjectVerifiesForItself() throws IOException {
        rotate(filter);
        verify(filter, token("ok-1"));

        Guard other = guard("other", "secret", "sk_test_of_another_project");

        assertThat(verify(other, PresentedToken.ABSENT).getOutcome()).isEqualTo(Outcome.NO_TOKEN);
        assertThat(verify(other, token("ok-1")).getError().getCode()).isEqualTo("bad_secret");
    }

    @Test
    void tokenThatWasAllowedUnverifiedIsNotAllowedAgainWithTheNextSecret() throws IOException {
        playtcha.always(Reply.error(500, "db_error", "m"));
        assertThat(filter.verify("t-1").isAllowed()).isTrue();

        rotate(filter);

        assertThat(filter.verify("t-2").isAllowed()).isTrue();
        assertThat(filter.verify("t-1").isAllowed()).isFalse();
    }

    @Test
    void attributeOfAnotherTypeIsIgnored() {
        Map<String, Object> attributes = new HashMap<>(Map.of(RequestVerifications.ATTRIBUTE, "VERIFIED"));

        Caller caller = new Caller() {
            @Override
            public Object attribute(String name) {
                return attributes.get(name);
            }

            @Override
            public void setAttribute(String name, Object value) {
                attributes.put(name, value);
            }
        };

        RequestVerifications first = RequestVerifications.of(caller);

        assertThat(first.latest()).isNull();
        assertThat(RequestVerifications.of(caller)).isSameAs(first);
    }

    @Test
    void aPassIsUsedOnceByAGuardThatTwoThreadsOfARequestCall() throws Exception {
        Guard guard = guard("default", "secret", AFTER, "session-pass", "1");
        CyclicBarrier together = new CyclicBarrier(2);
        Map<String, Object> session = new ConcurrentHashMap<>();
        Caller caller = new Caller() {
            @Override
            public Object sessionAttribute(String name) {
                try {
                    // Both threads look at once, unless one waits for the other.
                    together.await(1, TimeUnit.SECONDS);
                } catch (Exception alone) {
                    // The other thread waits.
                }
                return session.get(name);
            }

            @Override
            public boolean setSessionAttribute(String name, String value) {
                session.put(name, value);
                return true;
            }
        };
        guard.challenge().grantPasses(caller);
        together.reset();

        FutureTask<Reason> other = new FutureTask<>(() -> verifications.exemption(guard, caller));
        new Thread(other).start();

        assertThat(verifications.exemption(guard, caller)).isEqualTo(Reason.SESSION_PASS);
        assertThat(other.get()).isEqualTo(Reason.SESSION_PASS);
    }

    @Test
    void aDecisionOfAnotherThreadIsNotOverwrittenByAnEarlierOne() throws Exception {
        Guard first = guard("first", "secret", AFTER);
        Guard denying = guard("denying", "secret", "sk_test_of_another_project");
        Map<String, Object> attributes = new ConcurrentHashMap<>();
        FutureTask<Verification> other = new FutureTask<>(
                () -> verifications.verify(denying, token("ok-1"), new AttributesOnly(attributes, () -> {})));
        Caller slow = new AttributesOnly(attributes, () -> {
            // Once, while the first decision is being published.
            if (attributes.isEmpty()) {
                new Thread(other).start();
                try {
                    other.get(1, TimeUnit.SECONDS);
                } catch (Exception waiting) {
                    // The other thread waits for this one.
                }
            }
        });

        assertThat(verifications.verify(first, token("ok-1"), slow).isAllowed()).isTrue();

        assertThat(other.get().isAllowed()).isFalse();
        assertThat(attributes).containsEntry("playtcha.allowed", false).containsEntry("playtcha.outcome", "REJECTED");
    }

    /** A caller with attributes; runs something before each is set. */
    private record AttributesOnly(Map<String, Object> attributes, Runnable before) implements Caller {
        @Override
        public Object attribute(String name) {
            return attributes.get(name);
        }

        @Override
        public void setAttribute(String name, Object value) {
            before.run();
            if (value == null) {
                attributes.remove(name);
            } else {
                attributes.put(name, value);
            }
        }
    }
}
