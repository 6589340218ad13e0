package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.testkit.CallbackBehavior;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The keys of callbacks change while the application runs: all in the file are valid. */
class CallbackKeyFileTest extends AcceptanceFixture {
    private static final String NEXT_KEY = "the-next-key-of-the-service";
    private int calls;

    private int statusWith(String id, String key) {
        service.schedule(id, CallbackBehavior.once().withKey(key));
        calls++;
        service.awaitCallbacks(calls, Duration.ofSeconds(60));
        return service.callbacks().get(calls - 1).status().orElse(0);
    }

    @Test
    void bothKeysAreValidDuringAChangeAndTheOldOneIsNotAfterwards() throws Exception {
        Path file = Files.writeString(directory.resolve("keys"), CALLBACK_KEY + "\n");
        start("callback-path", TaskApp.CALLBACKS, "callback-key-file", file.toString());
        String id = task();
        service.complete(id, "done");
        assertThat(statusWith(id, NEXT_KEY)).isEqualTo(403);

        Files.writeString(file, CALLBACK_KEY + "\n" + NEXT_KEY + "\n");
        await().atMost(Duration.ofSeconds(60)).until(() -> statusWith(id, NEXT_KEY) == 200);
        assertThat(statusWith(id, CALLBACK_KEY)).isEqualTo(200);

        Files.writeString(file, NEXT_KEY + "\n");
        await().atMost(Duration.ofSeconds(60)).until(() -> statusWith(id, CALLBACK_KEY) == 403);
        assertThat(statusWith(id, NEXT_KEY)).isEqualTo(200);

        Files.writeString(file, "too short\n");
        String other = task();
        service.complete(other, "done");
        assertThat(statusWith(other, NEXT_KEY))
                .as("the last good keys stay in use")
                .isEqualTo(200);
        awaitEffect(id, "done");
        awaitEffect(other, "done");
    }
}
