package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.LateApplication;
import com.playtcha.jakarta.it.server.LateWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 7: what was let in unverified gets its verdict, and what a service sends is not lost. */
@Covers(Feature.LATE)
public interface LateContract extends ContractPart {

    /** A {@code LateWar}, deployed. */
    @Override
    DeployedApplication app();

    /** Every test begins with services that know nothing, and are there. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    /** No outage lasts. */
    @AfterEach
    default void endOutage() {
        StandIns.LATE.accept();
    }

    private LateApplication late() {
        return new LateApplication(app());
    }

    @Test
    default void everyoneWhoWasLetInDuringAnOutageGetsAVerdictAfterIt() {
        Set<String> before = new TreeSet<>(late().effects().keySet());
        StandIns.LATE.always(Reply.error(500, "db_error", "Down."));
        String verified = late().signUp("ok", "server-error");
        String rejected = late().signUp("success-false", "server-error");
        String unconfirmed = late().signUp("redeemed", "server-error");
        String expired = late().signUp("expired", "server-error");
        StandIns.LATE.always(Reply.hang());
        String hung = late().signUp("/sign-up-hastily", "ok", "timeout");
        StandIns.LATE.refuse();
        String refused = late().signUp("ok", "connect");
        String replayed = late().signUp("redeemed", "connect");

        StandIns.LATE.always(null);
        StandIns.LATE.accept();

        late().awaitEffect(verified, "VERIFIED", null);
        late().awaitEffect(rejected, "REJECTED", null);
        late().awaitEffect(unconfirmed, "UNCONFIRMED", null);
        late().awaitEffect(expired, "EXPIRED", null);
        late().awaitEffect(hung, "VERIFIED", null);
        late().awaitEffect(refused, "VERIFIED", null);
        late().awaitEffect(replayed, "REJECTED", null);
        Map<String, String> effects = late().effects();
        effects.keySet().removeAll(before);
        effects.keySet().removeIf(name -> !name.startsWith("effects."));
        assertThat(effects.values()).containsOnly("1");
        assertThat(effects.size())
                .as("as many as were tracked, and at most those whose request ran out of time besides: %s", effects)
                .isBetween(7, 7 + (int) late().counter("untracked"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    default void resultThatIsCalledBackIsHandedOverOnce(String method) {
        String id = LateApplication.id("called");
        assertThat(late().track(id)).containsEntry("state", "AWAITING");
        long duplicates = late().counter("duplicate") + late().counter("spooled");
        long different = late().counter("different");

        for (int i = 0; i < 2; i++) {
            assertThat((method.equals("GET")
                                    ? late().callback(method, "?id=" + id + "&code=Zo%C3%AB&key=" + LateWar.KEY)
                                    : late().callback(method, "")
                                            .header("X-Callback-Key", LateWar.KEY)
                                            .form("id", id, "code", "Zoë"))
                            .send()
                            .status())
                    .isEqualTo(200);
            late().awaitEffect(id, "COMPLETED", "Zoë");
        }
        assertThat(late().callBack(id, "another").status()).isEqualTo(200);

        // One for which the database took too long is in a file first.
        await().atMost(Duration.ofSeconds(60)).until(() -> late().counter("different") == different + 1);
        assertThat(late().counter("duplicate") + late().counter("spooled")).isGreaterThan(duplicates);
        assertThat(late().track(id)).containsEntry("state", "DELIVERED");
        late().awaitEffect(id, "COMPLETED", "Zoë");
    }

    @Test
    default void callbackForAnIdThatNobodyTrackedIsKeptAndHandedOver() {
        String id = LateApplication.id("unknown");

        assertThat(late().callBack(id, "code").status()).isEqualTo(200);

        late().awaitEffect(id, "COMPLETED", "code");
        assertThat(late().track(id)).containsEntry("state", "DELIVERED");
    }

    @Test
    default void callbackThatIsNoneIsRefusedByItsPath() {
        String id = LateApplication.id("refused");
        String query = "?id=" + id + "&code=code";

        assertThat(late().callback("POST", query).send().status()).isEqualTo(403);
        assertThat(late().callback("POST", query + "&key=a-key-of-nobody")
                        .send()
                        .status())
                .isEqualTo(403);
        assertThat(late().callback("POST", "?code=code&key=" + LateWar.KEY)
                        .send()
                        .status())
                .isEqualTo(400);
        assertThat(late().callback("PUT", query + "&key=" + LateWar.KEY).send().status())
                .isEqualTo(405);
        assertThat(late().effects()).doesNotContainKey("effects." + id);
    }

    @Test
    default void guardOfEverythingStillGuards() {
        assertThat(app().post("/sign-up").send().status()).isEqualTo(400);
        Expect.allowed(app().post("/sign-up").token(StandIns.token("ok")).send(), "VERIFIED", "success");
    }

    @Test
    default void resultThatNeverComesIsPolledFor() {
        String completed = StandIns.RESULTS.createTask(LateApplication.id("polled"));
        String failed = StandIns.RESULTS.createTask(LateApplication.id("polled"));
        late().track(completed);
        late().track(failed);
        StandIns.RESULTS.awaitPolls(2, Duration.ofSeconds(60));

        StandIns.RESULTS.complete(completed, "code");
        StandIns.RESULTS.fail(failed, "ERROR_CAPTCHA_UNSOLVABLE");

        late().awaitEffect(completed, "COMPLETED", "code");
        late().awaitEffect(failed, "FAILED", "ERROR_CAPTCHA_UNSOLVABLE");
    }

    @Test
    default void resultThatTheHandlerFailsAtIsHandedOverAgain() {
        String id = LateApplication.id("fails");
        long failures = late().counter("handler-failed");

        assertThat(late().callBack(id, "code").status()).isEqualTo(200);

        late().awaitEffect(id, "COMPLETED", "code");
        assertThat(late().effects()).containsEntry("attempt." + id, "2");
        assertThat(late().counter("handler-failed")).isEqualTo(failures + 1);
    }

    @Test
    default void handlerIsCalledInTheApplication() {
        String id = LateApplication.id("called");

        late().callBack(id, "code");

        assertThat(late().awaitEffect(id).get("circumstances." + id)).contains("loader=own");
    }
}
