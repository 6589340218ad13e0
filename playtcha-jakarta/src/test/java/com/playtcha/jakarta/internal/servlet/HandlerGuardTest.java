package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandlerGuardTest {

    /** The application's class loader, which records what it is asked for. */
    private static final class RecordingLoader extends ClassLoader {
        final List<String> texts = new ArrayList<>();

        RecordingLoader() {
            super(HandlerGuardTest.class.getClassLoader());
        }

        @Override
        public @Nullable URL getResource(String name) {
            if (name.startsWith("playtcha-denials")) {
                texts.add(name);
            }
            return super.getResource(name);
        }
    }

    @Test
    void theFilesOfDenialTextsAreLookedUpOnceAndNotForEachDenial() {
        RecordingLoader loader = new RecordingLoader();
        AtomicReference<@Nullable HandlerGuard> guard = new AtomicReference<>();
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                TestApp app = new TestApp().initialized().classLoader(loader)) {
            app.contextParams(
                    Map.of("guards", "main", "base-url", playtcha.baseUrl().toString(), "secret", "secret"));
            app.servlet("/handler", (request, response) -> {
                PlaytchaApplication application =
                        (PlaytchaApplication) request.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
                guard.compareAndSet(null, new HandlerGuard(application, "main", true, true));
                guard.get().filter(request, response, (onward, answer) -> {}, null);
            });
            app.start();

            assertThat(app.send(app.request("/handler").GET()).statusCode()).isEqualTo(400);
            List<String> first = List.copyOf(loader.texts);
            assertThat(first).isNotEmpty();
            assertThat(app.send(app.request("/handler").GET()).body()).contains("token_missing");
            assertThat(loader.texts).isEqualTo(first);
        }
    }
}
