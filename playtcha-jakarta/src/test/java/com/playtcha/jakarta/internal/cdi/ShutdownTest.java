package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The end of an application in the middle of its work. */
class ShutdownTest {
    @ApplicationScoped
    static class Work {
        @Inject
        PlaytchaVerifier verifier;

        CompletionStage<String> begin(Work itself) {
            return verifier.verifyAsync("t").thenApply(verification -> itself.guarded("t"));
        }

        @PlaytchaProtected
        String guarded(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Test
    void runningWorkEndsExceptionallyAtShutdown() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            playtcha.script(Reply.hang());
            CompletionStage<String> begun;
            try (Container app = Container.start(playtcha, Settings.none(), Work.class)) {
                Work work = app.get(Work.class);
                begun = work.begin(work);
                playtcha.awaitRequests(1, Duration.ofSeconds(20));
            }

            assertThat(log.lines()).noneMatch(line -> line.contains("stuck"));
            assertThat(begun.toCompletableFuture()).isCompletedExceptionally();
        }
    }
}
