package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sections 2 and 3: our own limit is no reason to fail open, and connections are used again. */
interface LoadContract extends ContractPart {

    @Test
    default void crowdOfRefusedTokensAgainstASlowServiceLetsNobodyThrough() {
        int visitors = 25 * GuardedApplication.PLACES;
        StandIns.SLOW.always(Reply.error(401, "token_invalid", "No.").delay(Duration.ofMillis(300)));
        int before = app().reached();

        List<CompletableFuture<TestResponse>> sent = new ArrayList<>();
        for (int i = 0; i < visitors; i++) {
            sent.add(app().post("/slow/echo")
                    .token(StandIns.token("invalid"))
                    .acceptJson()
                    .sendAsync());
        }
        List<TestResponse> answers = sent.stream().map(CompletableFuture::join).toList();

        assertThat(answers).hasSize(visitors).allSatisfy(answer -> {
            if (answer.status() == 403) {
                Expect.problem(answer, 403, "token_invalid");
            } else {
                Expect.problem(answer, 503, "overloaded");
                assertThat(answer.header("Retry-After")).isEqualTo("1");
            }
        });
        assertThat(answers).filteredOn(answer -> answer.status() == 403).hasSizeGreaterThanOrEqualTo(1);
        assertThat(answers).filteredOn(answer -> answer.status() == 503).hasSizeGreaterThanOrEqualTo(1);
        assertThat(app().reached()).isEqualTo(before);
        assertThat(StandIns.SLOW.maxConcurrentRequests()).isLessThanOrEqualTo(GuardedApplication.PLACES);
    }

    @Test
    default void verificationsInARowUseAHandfulOfConnections() {
        for (int i = 0; i < 200; i++) {
            Expect.allowed(
                    app().post("/steady/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
        }

        assertThat(StandIns.STEADY.requestCount()).isEqualTo(200);
        // A busy server may close some in between.
        assertThat(StandIns.STEADY.connectionCount()).isLessThan(100);
    }
}
