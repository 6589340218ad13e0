package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database on a disk that fills up, and has room again. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private LateStore store;
    private int rooms;

    @BeforeEach
    void open() {
        FullDisk.register();
        EmbeddedH2 h2 = new EmbeddedH2(
                "jdbc:h2:full:" + directory.resolve("late")
                        + ";WRITE_DELAY=0;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0",
                ClassLoader.getSystemClassLoader());
        ResultText results = new ResultText(new StrictJson(), new JsonWriter());
        store = JdbcStores.embedded(JdbcStores.dataSource(h2), results, h2);
        accept("t1");
    }

    @AfterEach
    void close() {
        FullDisk.makeRoom();
        store.close();
        FullDisk.unregister();
    }

    @Test
    void whatTheDiskDoesNotTakeIsRefusedUntilThereIsRoom() {
        FullDisk.fill();

        for (int i = 0; i < 5; i++) {
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> accept("t2"));
            assertThatExceptionOfType(StoreException.class).isThrownBy(this::claim);
        }
        FullDisk.makeRoom();

        awaitStore();
        assertThat(accept("t2")).isEqualTo(AcceptResult.STORED);
        assertThat(stateOf("t1")).isEqualTo(LateState.READY);
        assertThat(stateOf("t2")).isEqualTo(LateState.READY);
    }

    @Test
    void aDeliveryThatTheDiskDoesNotTakeIsDoneAgain() throws Exception {
        Lease lease = claim();

        for (int i = 0; i < 5; i++) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> Single.deliver(store, lease, NOW, NOW, delivery -> FullDisk.fill()));
            FullDisk.makeRoom();
            awaitStore();
        }

        assertThat(stateOf("t1")).isEqualTo(LateState.READY);
        assertThat(Single.deliver(store, lease, NOW, NOW, delivery -> {})).isTrue();
        assertThat(stateOf("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void aHandlerThatWorkedWhileTheDatabaseFailedUsesItsConnectionNoMore() throws Exception {
        Lease lease = claim();

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> Single.deliver(store, lease, NOW, NOW, delivery -> {
                    Connection connection = delivery.unwrap(Connection.class).orElseThrow();
                    FullDisk.fill();
                    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> accept("t2"));
                    FullDisk.makeRoom();
                    awaitStore();
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> connection.prepareStatement("SELECT COUNT(*) FROM playtcha_late"))
                            .withMessageContaining("closed");
                    assertThat(accept("t2")).isEqualTo(AcceptResult.STORED);
                }));

        assertThat(stateOf("t2")).isEqualTo(LateState.READY);
        assertThat(Single.deliver(store, lease, NOW, NOW, delivery -> {})).isTrue();
    }

    @Test
    @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFileThatTheDiskDoesNotLetCompactIsCompactedLater() throws Exception {
        Path file = directory.resolve("late.mv.db");
        int items = H2LateStoreTest.passBacklog(store, file, NOW) + 1;
        assertThat(store.purge(NOW, items)).isEqualTo(items);
        FullDisk.fill();

        store.purge(NOW, items);
        FullDisk.makeRoom();

        awaitStore();
        await().atMost(Duration.ofMinutes(2))
                .ignoreExceptionsInstanceOf(StoreException.class)
                .untilAsserted(() -> {
                    store.purge(NOW, 10_000);
                    assertThat(Files.size(file)).isLessThan(20 << 20);
                });
        assertThat(stateOf("room-1")).isEqualTo(LateState.READY);
    }

    /** The first calls may still meet a database that was opened while there was no room. */
    private void awaitStore() {
        // A thread of H2's own fails with the disk as well.
        await().dontCatchUncaughtExceptions()
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> accept("room-" + ++rooms) == AcceptResult.STORED);
    }

    private AcceptResult accept(String id) {
        LateResult result = LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, NOW)
                .code("x".repeat(1000))
                .build();
        return Single.accept(store, result, 1000, NOW);
    }

    private Lease claim() {
        return store.claim(Single.claim(WorkQueue.DELIVER, null, false, NOW, "me", Duration.ofMinutes(3), 1, false))
                .get(0);
    }

    private LateState stateOf(String id) {
        return store.find(id).map(LateItem::getState).orElseThrow();
    }
}
