package com.playtcha.jakarta.internal.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.LateSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.internal.late.service.LateService;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import com.playtcha.jakarta.late.DeadLetterPage;
import com.playtcha.jakarta.late.LateItem;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** The Actuator's endpoint while the database is down; inside of an application it is tested with all the rest of Spring. */
class LateEndpointTest {
    @TempDir
    private Path directory;

    @Test
    void anItemThatTheListHasFromTheSpoolIsShownToo() {
        PGSimpleDataSource down = new PGSimpleDataSource();
        down.setUrl("jdbc:postgresql://127.0.0.1:1/shop");
        LateResultsFacade late = new LateResultsFacade(() -> null);
        late.setDataSources(name -> down);
        LateSettings settings = TestSettings.late(Map.of("late-dir", directory.toString(), "late-datasource", "shop"));
        try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(), List.of());
                LateService service = LateService.start(
                        settings,
                        ProxySetting.NONE,
                        runtime,
                        late,
                        null,
                        new TestLateConfig(settings),
                        Clock.systemUTC(),
                        System::nanoTime)) {
            assertThat(service).isNotNull();
            assertThat(Objects.requireNonNull(late.inbox()).accept("t1", "solved"))
                    .isEqualTo(AcceptResult.SPOOLED);
            LateEndpoint endpoint = new LateEndpoint(late);
            DeadLetterPage page = (DeadLetterPage)
                    endpoint.list(null, null, null, null, null).getBody();
            assertThat(page.getItems()).extracting(LateItem::getId).containsExactly("t1");

            WebEndpointResponse<?> shown = endpoint.show("t1");

            assertThat(shown.getStatus()).isEqualTo(200);
            assertThat(((LateItem) shown.getBody()).isSpooled()).isTrue();
            assertThat(endpoint.show("t2").getStatus())
                    .as("nobody knows, while the database is down")
                    .isEqualTo(503);
        }
    }
}
