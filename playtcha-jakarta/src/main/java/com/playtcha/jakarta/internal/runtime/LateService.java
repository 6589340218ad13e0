package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.config.LateSettings;
import com.playtcha.jakarta.internal.config.ProxySetting;
import com.playtcha.jakarta.internal.http.HttpTaskClient;
import com.playtcha.jakarta.internal.late.admin.AdminMailbox;
import com.playtcha.jakarta.internal.late.admin.AdminService;
import com.playtcha.jakarta.internal.late.admin.LateJmx;
import com.playtcha.jakarta.internal.late.engine.Backoff;
import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.engine.LateRunner;
import com.playtcha.jakarta.internal.late.jdbc.LateStores;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateMetrics;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of late results at work in one application, with the store, the directory and the threads that the settings
 * and the server give it (contract, section 7). Thread-safe.
 */
final class LateService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateService.class);
    private static final String MANAGED_EXECUTOR = "java:comp/DefaultManagedExecutorService";
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration SHORTEST_LOOK_INTERVAL = Duration.ofMillis(100);
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(10);
    private static final int MOST_POLLS = 8;
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);
    private static final double RETRY_JITTER = 0.1;

    private final LateEngine engine;
    private final LateRunner runner;
    private final LateMetrics figures;
    private final LateResultsFacade front;
    private final Clock clock;
    private boolean closed;
    private final @Nullable HttpTaskClient poller;
    /** What else ends with it, in this order. */
    private final Deque<AutoCloseable> others = new ArrayDeque<>();

    private LateService(
            LateEngine engine,
            LateRunner runner,
            @Nullable HttpTaskClient poller,
            LateResultsFacade front,
            Clock clock) {
        this.engine = engine;
        this.runner = runner;
        this.poller = poller;
        this.figures = engine.metrics();
        this.front = front;
        this.clock = clock;
    }

    /**
     * Starts the engine. A database that is down keeps nothing from starting; one that is not there does.
     *
     * @param settings that switch it on
     * @param proxy by which tasks are polled for
     * @param runtime asks Playtcha, and brings what it lets through unverified
     * @param front of the application, for its handler and listeners
     * @param loader the application's, null where it is unknown
     * @return to be closed before the runtime
     * @throws IllegalStateException where the store cannot be had: H2 is missing, no data source has that name
     * @throws com.playtcha.jakarta.late.LateUnavailableException where {@code late-dir} cannot be made
     */
    static LateService start(
            LateSettings settings,
            ProxySetting proxy,
            PlaytchaRuntime runtime,
            LateResultsFacade front,
            @Nullable ClassLoader loader) {
        return start(settings, proxy, runtime, front, loader, config(settings), Clock.systemUTC());
    }

    /** The same with limits and a clock of one's own. */
    static LateService start(
            LateSettings settings,
            ProxySetting proxy,
            PlaytchaRuntime runtime,
            LateResultsFacade front,
            @Nullable ClassLoader loader,
            LateConfig config,
            Clock clock) {
        ResultText texts = new ResultText(runtime.json(), runtime.jsonWriter());
        LateDirectory folder = settings.dir() == null ? null : LateDirectory.of(settings.dir());
        if (folder != null) {
            String problem = folder.permissionProblem();
            if (problem != null) {
                throw settings.refuseDir(problem);
            }
            folder.probe(settings.dataSource() == null);
        }
        SpoolDirectory letters = folder == null ? null : letters(settings, folder, texts, clock);
        LateRunner runner = runner();
        HttpTaskClient poller = poller(settings, proxy, runtime);
        // After what may fail: from here on there is something to close.
        LateStore store = store(settings, loader, folder, texts);
        LateHandlerLookup handlers = front.handlers();
        LateEngine.Builder builder = LateEngine.builder(config, store, handlers, clock, runner.workers())
                .handlers(runner.handlers())
                .invoker(handlers)
                .node(node());
        if (letters != null) {
            builder.letters(letters);
        }
        if (poller != null) {
            builder.poller(poller);
        }
        LateEngine engine = builder.build();
        engine.addListener(front::tell);
        LateService service = new LateService(engine, runner, poller, front, clock);
        service.others.addFirst(store);
        if (poller != null) {
            service.others.addFirst(poller);
        }
        boolean started = false;
        try {
            engine.openStore();
            runtime.lateVerdictsBy(engine.inbox(), engine::addVerdictClient);
            AdminService operator = new AdminService(engine, letters, clock);
            service.others.addFirst(LateJmx.register(front.name(), service.figures));
            runner.start(engine, lookInterval(settings), service.desk(folder, operator, texts));
            started = true;
        } finally {
            if (!started) {
                service.close();
            }
        }
        LOG.info(
                "Late results are on, handler threads={}: {}",
                runner.isManaged() ? "the server's" : "own",
                settings.describe());
        return service;
    }

    /** As often as the settings ask for something, within reason. */
    private static Duration lookInterval(LateSettings settings) {
        Duration wanted = settings.deadLetterRetry();
        if (settings.pollUrl() != null) {
            wanted = Collections.min(List.of(wanted, settings.firstPoll(), settings.pollInterval()));
        }
        wanted = wanted.compareTo(LOOK_INTERVAL) > 0 ? LOOK_INTERVAL : wanted;
        return wanted.compareTo(SHORTEST_LOOK_INTERVAL) < 0 ? SHORTEST_LOOK_INTERVAL : wanted;
    }

    private static SpoolDirectory letters(LateSettings settings, LateDirectory folder, ResultText texts, Clock clock) {
        return SpoolDirectory.open(
                folder.spool(), settings.lateDirMaxFiles(), settings.lateDirMaxBytes(), texts, clock);
    }

    /** Serves the operator's command; where there is no directory, it has nowhere to ask. */
    private Runnable desk(@Nullable LateDirectory folder, AdminService operator, ResultText texts) {
        if (folder == null) {
            return () -> {};
        }
        AdminMailbox desk = new AdminMailbox(folder, operator, texts, clock);
        others.addFirst(desk);
        return desk::serve;
    }

    private static @Nullable HttpTaskClient poller(LateSettings settings, ProxySetting proxy, PlaytchaRuntime runtime) {
        URI url = settings.pollUrl();
        return url == null
                ? null
                : new HttpTaskClient(url, settings.pollKey(), proxy, POLL_TIMEOUT, MOST_POLLS, runtime.json());
    }

    private static LateStore store(
            LateSettings settings, @Nullable ClassLoader loader, @Nullable LateDirectory folder, ResultText texts) {
        String name = settings.dataSource();
        if (name != null) {
            return LateStores.named(name, texts, STATEMENT_TIMEOUT);
        }
        if (folder == null) {
            throw new IllegalStateException("late-dir is not set, and was not refused");
        }
        return LateStores.embedded(folder.store(), loader, texts, STATEMENT_TIMEOUT);
    }

    static LateConfig config(LateSettings settings) {
        return new LateConfig()
                .polling(settings.firstPoll(), settings.pollInterval(), settings.pollExpiry(), MOST_POLLS)
                .deadLetterRetry(new Backoff(settings.deadLetterRetry(), LONGEST_RETRY, RETRY_JITTER))
                .concurrency(settings.lateConcurrency())
                .maxUntracked(settings.lateMaxUntracked());
    }

    /**
     * Handlers run on the server's managed executor, submitted to in the application's context, where the server has both.
     */
    private static LateRunner runner() {
        Executor context = ServerContext.capture();
        return runner(context == null ? null : managed(MANAGED_EXECUTOR, ExecutorService.class), context);
    }

    /** An executor that rejects work, as while its component starts, must not keep the application from starting. */
    static LateRunner runner(@Nullable ExecutorService executor, @Nullable Executor context) {
        if (executor == null || context == null) {
            return new LateRunner(null);
        }
        try {
            executor.execute(() -> {});
        } catch (RejectedExecutionException | IllegalStateException e) {
            LOG.warn("The server's managed executor rejects work, so handlers run on threads of this library", e);
            return new LateRunner(null);
        }
        return new LateRunner(handler -> context.execute(() -> executor.execute(handler)));
    }

    @SuppressWarnings("BanJNDI") // A constant name, below java:comp.
    static <T> @Nullable T managed(String name, Class<T> type) {
        try {
            InitialContext context = new InitialContext();
            try {
                Object found = context.lookup(name);
                return type.isInstance(found) ? type.cast(found) : null;
            } finally {
                context.close();
            }
        } catch (NamingException | RuntimeException | LinkageError none) {
            // The library's own do as well, whatever a naming service fails by.
            LOG.debug("The server has no managed threads", none);
            return null;
        }
    }

    private static String node() {
        String host = System.getenv("HOSTNAME");
        String process = "pid " + ProcessHandle.current().pid();
        return host == null ? process : host.substring(0, Math.min(80, host.length())) + " " + process;
    }

    LateInbox inbox() {
        return engine.inbox();
    }

    DeadLetters deadLetters() {
        return engine.deadLetters();
    }

    LateMetrics figures() {
        return figures;
    }

    /**
     * Takes nothing more on, lets what is under way end, and closes store and threads before it returns. Whoever closes
     * it once more waits until that is done.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        front.stopped(this);
        if (poller != null) {
            // A service that does not answer would be waited for.
            poller.stop();
        }
        List<AutoCloseable> all = new ArrayList<>(List.of(runner, engine));
        all.addAll(others);
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception | LinkageError e) {
                // The latter where the application's classes are gone already: what comes next is closed all the same.
                LOG.warn("Something of late results is left open", e);
            }
        }
    }
}
