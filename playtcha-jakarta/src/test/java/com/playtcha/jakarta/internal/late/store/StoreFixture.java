package com.playtcha.jakarta.internal.late.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store under test, and what tests of stores say often. */
public abstract class StoreFixture {
    protected static final Duration LEASE = Duration.ofMinutes(2);
    protected static final int MOST_UNKNOWN = 3;

    protected final TestClock clock = new TestClock();
    protected final JsonWriter writer = new JsonWriter();
    protected final ResultText results = new ResultText(new StrictJson(), writer);
    protected LateStore store;

    /** An empty store whose leases run by the clock. */
    protected abstract LateStore open() throws Exception;

    /** A second node on the same items; null where a store is one process's. */
    protected LateStore secondNode() throws Exception {
        return store;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeWriter() {
        writer.close();
    }

    protected Instant now() {
        return clock.instant();
    }

    protected Single.Tracked track(String id) {
        return Single.track(store, task(id), now());
    }

    protected NewItem task(String id) {
        return new NewItem(
                id, LateKind.TASK, "poll", null, false, now(), now().plusSeconds(120), now().plusSeconds(3600));
    }

    protected Arrival.FailOpen pass(String id, String token, boolean sent) {
        NewItem item = new NewItem(
                id, LateKind.LATE_VERDICT, "default", token, sent, now(), now().plusSeconds(5), now().plusSeconds(300));
        return new Arrival.FailOpen(item, Ids.digest("project", token), now().plusSeconds(300));
    }

    protected LateResult completed(String id, String code) {
        return LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, now())
                .code(code)
                .build();
    }

    protected Claim wanted(WorkQueue queue, int most) {
        return Single.claim(queue, null, false, now(), "me", LEASE, most, false);
    }

    /** What is to be handed over includes dead letters. */
    protected List<Lease> claim(WorkQueue queue) {
        List<Lease> leases = new ArrayList<>(store.claim(wanted(queue, 50)));
        if (queue == WorkQueue.DELIVER) {
            leases.addAll(store.claim(wanted(WorkQueue.RETRY, 50)));
        }
        return leases;
    }

    protected boolean deliver(LateStore node, Lease lease) throws Single.HandlerException {
        return Single.deliver(node, lease, now().plus(Duration.ofDays(7)), now(), delivery -> {});
    }

    protected static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.get(0);
    }

    protected static Map<String, Lease> byId(List<Lease> leases) {
        Map<String, Lease> byId = new LinkedHashMap<>();
        leases.forEach(lease -> byId.put(lease.id(), lease));
        return byId;
    }

    /** What each of several threads does, told which one it is. */
    protected interface Part<T> {
        T run(int n) throws Exception;
    }

    protected static <T> List<T> atOnce(int threads, Part<T> part) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Callable<T>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int n = i;
                parts.add(() -> {
                    start.await();
                    return part.run(n);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(parts)) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
