package com.playtcha.jakarta.it.bench.late;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.playtcha.jakarta.it.bench.Report;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** What decides between the engine and db-scheduler below an item table, besides items a second. */
final class Spike {
    private static final int THREADS = 16;
    private static final int HANGING = 80;
    private static final int HEALTHY = 300;
    private static final int EXPIRING = 5_000;
    private static final int POOL = 32;

    private Spike() {}

    static void run(int kills) throws Exception {
        try (Postgres postgres = Postgres.start();
                HikariDataSource pool = Postgres.pool(postgres.url(), POOL, "bench")) {
            List<List<String>> rows = new ArrayList<>();
            String own = hanging(PlaytchaContender.pooled(pool, THREADS));
            String spike = hanging(new SpikeContender(pool, THREADS, Duration.ofSeconds(10)));
            rows.add(List.of(
                    HANGING + " handlers hang; " + HEALTHY + " healthy items come at ten a second", own, spike));
            rows.add(List.of(
                    EXPIRING + " items are due at one instant; healthy ones come at a hundred a second",
                    expiring(PlaytchaContender.pooled(pool, THREADS).with("poll-expiry", "1h"), pool),
                    expiring(new SpikeContender(pool, THREADS, Duration.ofSeconds(10)), pool)));
            rows.add(List.of("Class loader after its stop", "see `TomcatUndeployIT`", unloading(pool)));
            rows.add(List.of(
                    "What a WAR carries more", "nothing", size(Scheduler.class) + " KB: the jar of db-scheduler"));
            rows.add(List.of("Killed processes", "see docs/late-results.md", Kills.run(postgres, kills)));
            new Report("bench-late-spike", "Late results: the engine, and a table of items on db-scheduler")
                    .ranOn(Versions.of(postgres.version()))
                    .table(List.of("", "this library", "items on db-scheduler"), rows)
                    .write();
        }
    }

    /** Healthy items among such whose handler does not return. */
    private static String hanging(Contender contender) throws Exception {
        Waits waits = new Waits(HEALTHY);
        CountDownLatch end = new CountDownLatch(1);
        contender.start(id -> {
            if (id.startsWith("hang")) {
                end.await();
            } else {
                waits.handled(id);
            }
        });
        try {
            for (int i = 0; i < HANGING; i++) {
                contender.accept("hang-" + i, "code");
            }
            String result = waits.of(contender, HEALTHY, 10);
            System.out.println("hanging: " + result);
            return result;
        } finally {
            end.countDown();
            contender.close();
            contender.clear();
        }
    }

    /** Healthy items while many expire, which for db-scheduler are tasks of their time. */
    private static String expiring(Contender contender, DataSource pool) throws Exception {
        int healthy = 1_000;
        Waits waits = new Waits(healthy);
        contender.start(waits::handled);
        try {
            if (contender instanceof PlaytchaContender playtcha) {
                IntStream.range(0, EXPIRING)
                        .parallel()
                        .forEach(i -> playtcha.late().getTasks().track("expiring-" + i));
            } else {
                Postgres.execute(
                        pool,
                        "INSERT INTO spike_item (item_id, code, state) SELECT 'expiring-' || n, 'code', 'READY'"
                                + " FROM generate_series(1, " + EXPIRING + ") n",
                        "INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version) SELECT"
                                + " 'late', 'expiring-' || n, now() + interval '1 hour', false, 1"
                                + " FROM generate_series(1, " + EXPIRING + ") n");
            }
            long due = System.currentTimeMillis() + 4_000;
            Postgres.execute(
                    pool,
                    contender instanceof PlaytchaContender
                            ? "UPDATE playtcha_late_item SET due_at = " + due + ", expires_at = " + due
                                    + " WHERE state = 'AWAITING'"
                            : "UPDATE scheduled_tasks SET execution_time = to_timestamp(" + due / 1000 + ")");
            String result = waits.of(contender, healthy, 100);
            System.out.println("expiring: " + result + ", left " + contender.remaining());
            return result;
        } finally {
            contender.close();
            contender.clear();
        }
    }

    /** Runs the spike in a class loader of its own and says whether that can be collected. */
    private static String unloading(DataSource pool) throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        WeakReference<ClassLoader> loader = runIsolated(pool);
        for (int i = 0; i < 50 && loader.get() != null; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        String threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> !name.startsWith("HikariPool") && !name.startsWith("bench:"))
                .sorted()
                .collect(Collectors.joining(", "));
        return (loader.get() == null ? "collected" : "not collected within 5 s")
                + (threads.isEmpty() ? ", no thread is left" : ", threads left: " + threads);
    }

    private static WeakReference<ClassLoader> runIsolated(DataSource pool) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader loader = new ChildFirst(urls.toArray(URL[]::new), Spike.class.getClassLoader())) {
            @SuppressWarnings("unchecked")
            Consumer<DataSource> run = (Consumer<DataSource>) loader.loadClass(SpikeRun.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            run.accept(pool);
            return new WeakReference<>(loader);
        }
    }

    private static long size(Class<?> type) throws Exception {
        Path jar =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Files.size(jar) / 1024;
    }

    /** Loads the spike and db-scheduler itself, as a web application's does. */
    private static final class ChildFirst extends URLClassLoader {
        ChildFirst(URL[] urls, ClassLoader parent) {
            super(urls, parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("com.github.kagkarlsson.") && !name.startsWith(Spike.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }
    }

    /** How long items waited for their handler. */
    private static final class Waits {
        private static final long PATIENCE_SECONDS = 90;

        private final ConcurrentHashMap<String, Long> arrivals = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<String, Long> waits = new ConcurrentHashMap<>();
        private final CountDownLatch all;

        Waits(int items) {
            all = new CountDownLatch(items);
        }

        void handled(String id) {
            Long arrived = arrivals.get(id);
            if (arrived != null && waits.putIfAbsent(id, System.nanoTime() - arrived) == null) {
                all.countDown();
            }
        }

        String of(Contender contender, int items, int perSecond) throws Exception {
            long begin = System.nanoTime();
            for (int i = 0; i < items; i++) {
                LockSupport.parkNanos(begin + i * 1_000_000_000L / perSecond - System.nanoTime());
                String id = "healthy-" + i;
                arrivals.put(id, System.nanoTime());
                contender.accept(id, "code");
            }
            boolean complete = all.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            long[] sorted =
                    waits.values().stream().mapToLong(Long::longValue).sorted().toArray();
            if (sorted.length == 0) {
                return "none of " + items + " was handled within " + PATIENCE_SECONDS + " s";
            }
            return "median %s ms, p99 %s ms, worst %s ms%s"
                    .formatted(
                            millis(sorted, 0.5),
                            millis(sorted, 0.99),
                            millis(sorted, 1),
                            complete
                                    ? ""
                                    : "; %d of %d not handled within %d s"
                                            .formatted(items - sorted.length, items, PATIENCE_SECONDS));
        }

        private static String millis(long[] sorted, double part) {
            int index = Math.min(sorted.length - 1, (int) (sorted.length * part));
            return Report.figure(sorted[index] / 1_000_000.0);
        }
    }
}
