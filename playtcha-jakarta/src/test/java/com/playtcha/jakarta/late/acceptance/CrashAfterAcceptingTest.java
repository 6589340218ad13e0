package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.testkit.CallbackBehavior;
import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.ResultServiceStandIn;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that says 200 and is killed before its handler ran. */
class CrashAfterAcceptingTest {
    private static final String KEY = "a-key-of-the-crashing-inbox";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Handlers that run at once; while they hang, no other result is begun with. */
    private static final int PLACES = 8;

    @TempDir
    Path directory;

    private final ResultServiceStandIn service = ResultServiceStandIn.builder()
            .callbackKey(KEY)
            .callbackTimeout(Duration.ofSeconds(60))
            .start();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        service.close();
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private Path folder() {
        return directory.resolve("late");
    }

    /** Starts the application, and lets the service call it back. */
    private Process start(String name, String mode) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledApp.class.getName(),
                        folder().toString(),
                        KEY,
                        mode))
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .redirectError(directory.resolve(name + ".err").toFile())
                .start();
        processes.add(process);
        await().atMost(PATIENCE)
                .until(() -> !process.isAlive() || !said(name, "at ").isEmpty());
        assertThat(process.isAlive())
                .as(() -> Files.exists(directory.resolve(name + ".err")) ? errors(name) : "")
                .isTrue();
        service.callBackTo(URI.create(said(name, "at ").get(0) + TaskApp.CALLBACKS));
        return process;
    }

    private String errors(String name) {
        try {
            return Files.readString(directory.resolve(name + ".err"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The rests of the whole lines that begin so. */
    private List<String> said(String name, String begin) throws IOException {
        String all = Files.readString(directory.resolve(name + ".out"));
        return all.substring(0, all.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(begin))
                .map(line -> line.substring(begin.length()))
                .toList();
    }

    private String state(String name, String id) throws Exception {
        URI url = URI.create(said(name, "at ").get(0) + "/tasks?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8));
        HttpRequest request =
                OneShotHttp.request(url).timeout(Duration.ofSeconds(60)).build();
        return OneShotHttp.clientBuilder()
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private void acknowledged(String id) {
        service.createTask(id);
        service.complete(id, "result of " + id);
        assertThat(service.deliver(id).status()).hasValue(200);
    }

    @Test
    void whatWasAcknowledgedIsHandledByTheNextProcess() throws Exception {
        EmbeddedH2 h2 = EmbeddedH2.in(new LateDirectory(folder()).store(), null);
        Effects effects = new Effects(JdbcStores.dataSource(h2));
        effects.makeTable();
        h2.close();

        Process first = start("first", "stuck");
        for (int i = 0; i < PLACES; i++) {
            acknowledged("begun-" + i);
        }
        await().atMost(PATIENCE).until(() -> said("first", "call ").size() == PLACES);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            acknowledged("task-" + i);
            ids.add("task-" + i);
        }
        first.destroyForcibly().waitFor();
        // Those that came later may have been begun too, on slots opened instead of those of calls that hang.
        assertThat(said("first", "call ")).hasSizeGreaterThanOrEqualTo(PLACES);

        Process second = start("second", "well");
        for (String id : ids) {
            await().atMost(PATIENCE).until(() -> state("second", id), "DELIVERED"::equals);
        }
        // The service did not hear the answer before, so it may come again.
        for (String id : ids) {
            service.schedule(id, CallbackBehavior.once());
        }
        service.awaitCallbacks(PLACES + 2 * ids.size(), PATIENCE);
        for (int i = 0; i < PLACES; i++) {
            // What a handler had begun with, and had written, is handled when its lease has passed.
            assertThat(state("second", "begun-" + i)).isIn("READY", "DELIVERED");
        }
        second.getOutputStream().close();
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();

        EmbeddedH2 after = EmbeddedH2.in(new LateDirectory(folder()).store(), null);
        try {
            List<Effects.Effect> all = new Effects(JdbcStores.dataSource(after)).all();
            assertThat(all).doesNotHaveDuplicates();
            assertThat(all)
                    .filteredOn(effect -> ids.contains(effect.id()))
                    .containsExactlyInAnyOrderElementsOf(ids.stream()
                            .map(id -> new Effects.Effect(id, "result of " + id))
                            .toList());
        } finally {
            after.close();
        }
    }
}
