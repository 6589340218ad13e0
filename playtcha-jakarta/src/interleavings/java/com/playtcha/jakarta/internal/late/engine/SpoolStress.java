package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.interleavings.StressCase;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.TestClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Results that several threads spool, some of them for the same items, while the spool is drained into a store that fails. */
public class SpoolStress implements StressCase {
    private static final int SAVERS = 3;
    private static final int RESULTS = 40;
    private static final int ITEMS = 25;

    @Override
    public void run(int rounds) throws Exception {
        Path root = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "spool-stress");
        ExecutorService threads = Executors.newCachedThreadPool();
        try (JsonWriter writer = new JsonWriter()) {
            ResultText texts = new ResultText(new StrictJson(), writer);
            for (int i = 0; i < rounds; i++) {
                new Round(root.resolve("round-" + i), texts, threads, i).run();
            }
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(1, TimeUnit.MINUTES);
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static final class Round {
        private final TestClock clock = new TestClock();
        private final MemoryStore store = new MemoryStore();
        private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean saving = new AtomicBoolean(true);
        private final ExecutorService threads;
        private final int seed;
        private final SpoolDirectory directory;
        private final EngineContext context;

        Round(Path path, ResultText texts, ExecutorService threads, int seed) {
            this.threads = threads;
            this.seed = seed;
            this.directory = new SpoolDirectory(path, 1_000, 1 << 20, texts, clock);
            this.context = Contexts.of(store, directory, clock, threads);
        }

        void run() throws Exception {
            try (ResultSpool spool = new ResultSpool(context)) {
                List<Future<?>> savers = new ArrayList<>();
                for (int i = 0; i < SAVERS; i++) {
                    RandomGenerator random = new Random(seed * 31L + i);
                    savers.add(threads.submit(() -> save(spool, random)));
                }
                List<Future<?>> others =
                        List.of(threads.submit(() -> drain(spool, new Random(seed))), threads.submit(this::watch));
                for (Future<?> saver : savers) {
                    saver.get(2, TimeUnit.MINUTES);
                }
                saving.set(false);
                for (Future<?> other : others) {
                    other.get(2, TimeUnit.MINUTES);
                }
                store.setDown(false);
                drainAll(spool);
            }
            check(store.size() == acknowledged.size(), "the store has " + store.size() + " items");
            check(directory.load().files() == 0, "the spool has " + directory.load());
        }

        private void save(ResultSpool spool, RandomGenerator random) {
            for (int i = 0; i < RESULTS; i++) {
                String id = "item-" + random.nextInt(ITEMS);
                LateOutcome outcome = random.nextBoolean() ? LateOutcome.VERIFIED : LateOutcome.REJECTED;
                LateResult result = LateResult.of(id, LateKind.LATE_VERDICT, outcome, clock.instant())
                        .build();
                check(spool.save(result, new StoreException("The store is down", null)), id + " was refused");
                acknowledged.add(id);
            }
        }

        private void drain(ResultSpool spool, RandomGenerator random) {
            while (saving.get()) {
                store.setDown(random.nextInt(3) == 0);
                // Beyond the pauses after a failure and between two listings of the directory.
                clock.advance(Duration.ofSeconds(11));
                spool.drainIfDue();
                check(context.awaitIdle(Duration.ofMinutes(1)), "a drain does not end");
            }
        }

        private void drainAll(ResultSpool spool) {
            for (int i = 0; i < 10 && directory.load().files() > 0; i++) {
                clock.advance(Duration.ofHours(2));
                spool.drainIfDue();
                check(context.awaitIdle(Duration.ofMinutes(1)), "a drain does not end");
            }
        }

        /** Entries move from the spool to the store, so that is the order in which both are asked. */
        private void watch() {
            while (saving.get()) {
                for (String id : acknowledged) {
                    check(directory.contains(id) || store.has(id), id + " was acknowledged and is nowhere");
                }
            }
        }

        private void check(boolean holds, String message) {
            if (!holds) {
                throw new IllegalStateException(
                        "Round " + seed + ": " + message + "; acknowledged " + acknowledged.size());
            }
        }
    }
}
