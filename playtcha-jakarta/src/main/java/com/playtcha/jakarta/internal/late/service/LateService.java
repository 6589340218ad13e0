package com.playtcha.jakarta.internal.late.service;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.LateSettings;
import com.playtcha.jakarta.internal.config.LateSettings.DatabaseSupport;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.http.HttpTaskClient;
import com.playtcha.jakarta.internal.http.TaskResponse;
import com.playtcha.jakarta.internal.late.admin.AdminMailbox;
import com.playtcha.jakarta.internal.late.admin.AdminService;
import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.Poll;
import com.playtcha.jakarta.internal.late.jdbc.JdbcLateStore;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.threads.VirtualThreads;
import java.lang.reflect.Method;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running engine of late results with its store, directory and threads (contract, section 7). Thread-safe. */
public final class LateService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateService.class);
    private static final String MANAGED_EXECUTOR = "java:comp/DefaultManagedExecutorService";
    private static final Duration MAX_TICK = Duration.ofSeconds(1);
    private static final Duration MIN_TICK = Duration.ofMillis(100);
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_CONCURRENT_POLLS = 8;

    private final LateEngine engine;
    private final AdminService admin;
    private final LateResultsFacade facade;
    private final @Nullable HttpTaskClient poller;
    /** Closed after the engine, in this order. */
    private final List<AutoCloseable> resources = new ArrayList<>();

    private LateService(
            LateEngine engine, AdminService admin, @Nullable HttpTaskClient poller, LateResultsFacade facade) {
        this.engine = engine;
        this.admin = admin;
        this.poller = poller;
        this.facade = facade;
    }

    /**
     * Starts the engine, which must be closed before its host. A database that is down does not prevent the start. The
     * facade has the engine before the first handler is called; null where the application has ended meanwhile.
     *
     * @throws IllegalStateException if H2 is missing or no data source has the name
     * @throws com.playtcha.jakarta.late.LateUnavailableException if {@code late-dir} cannot be created
     */
    public static @Nullable LateService start(
            LateSettings settings,
            ProxySetting proxy,
            VerdictHost host,
            LateResultsFacade facade,
            @Nullable ClassLoader loader,
            LateConfig config,
            Clock clock,
            LongSupplier nanoTime) {
        String name = settings.get(Setting.LATE_DATASOURCE).orElse(null);
        ResultText texts = new ResultText(host.json(), host.jsonWriter());
        LateDirectory directory =
                settings.get(Setting.LATE_DIR).map(LateDirectory::new).orElse(null);
        if (directory != null) {
            String problem = directory.permissionProblem();
            if (problem != null) {
                throw settings.refuseDir(problem);
            }
            directory.otherApplication(facade.owner()).ifPresent(other -> {
                throw refuseShared(settings, other);
            });
            directory.probe(name == null);
        }
        SpoolDirectory spool = directory == null
                ? null
                : new SpoolDirectory(
                        directory.spool(),
                        settings.get(Setting.LATE_DIR_MAX_FILES),
                        settings.get(Setting.LATE_DIR_MAX_BYTES),
                        texts,
                        clock);
        Executor context = capture();
        Executor virtual = settings.get(Setting.LATE_VIRTUAL_THREADS) ? virtualThreads(context, loader) : null;
        Executor managed =
                virtual != null ? null : inContext(managed(MANAGED_EXECUTOR, ExecutorService.class), context);
        URI url = settings.get(Setting.POLL_URL).orElse(null);
        HttpTaskClient poller = url == null
                ? null
                : new HttpTaskClient(
                        url, settings.pollKey().orElse(null), proxy, POLL_TIMEOUT, MAX_CONCURRENT_POLLS, host.json());
        boolean mayBeUnproven = settings.get(Setting.LATE_DATABASE) == DatabaseSupport.UNPROVEN;
        // The last step that may throw before the try block below: an open store must be closed.
        LateStore store = name == null
                ? JdbcLateStore.embedded(Objects.requireNonNull(directory).store(), loader, texts, mayBeUnproven)
                : JdbcLateStore.named(name, facade.dataSource(name), texts, mayBeUnproven);
        LateEngine engine = new LateEngine(
                config,
                store,
                spool,
                facade.handler(),
                poller == null ? null : id -> toPoll(poller.poll(id)),
                facade.listeners(),
                clock,
                nanoTime,
                null,
                virtual == null ? managed : virtual);
        AdminService admin = new AdminService(engine, spool, texts, clock);
        AdminMailbox mailbox = directory == null ? null : new AdminMailbox(directory, admin, texts, clock);
        LateService service = new LateService(engine, admin, poller, facade);
        if (mailbox != null) {
            service.resources.add(mailbox);
        }
        service.resources.add(store);
        if (poller != null) {
            service.resources.add(poller);
        }
        try {
            if (directory != null && mailbox != null) {
                service.resources.add(takeOver(directory, mailbox, settings, facade.owner()));
            }
            engine.openStore();
            host.setLateVerdicts(engine.inbox(), engine::addVerdictClient);
            if (!facade.setRunning(service)) {
                service.close();
                return null;
            }
            // Here and not on a request's thread, since the file may be on a volume that hangs; then the mailbox goes
            // on.
            Runnable readKeys = () -> settings.callbackKeys().ifPresent(SecretSource::current);
            Runnable serve = mailbox == null ? () -> {} : mailbox::serve;
            engine.start(tick(settings), readKeys, serve);
        } catch (RuntimeException | Error e) {
            service.close();
            throw e;
        }
        String threads = virtual != null ? "virtual" : managed == null ? "own" : "the server's";
        LOG.info("Late results are on, handler threads={}: {}", threads, settings.describe());
        return service;
    }

    /** Looks once more for another application, of a process that starts at the same moment; else uses the directory. */
    private static AutoCloseable takeOver(
            LateDirectory directory, AdminMailbox mailbox, LateSettings settings, String name) {
        return directory.exclusively(() -> {
            directory.otherApplication(name).ifPresent(other -> {
                throw refuseShared(settings, other);
            });
            // Else other processes would not believe the name while the store is opened.
            mailbox.open();
            return directory.register(name, other -> refuseShared(settings, other));
        });
    }

    private static RuntimeException refuseShared(LateSettings settings, String other) {
        return settings.refuseDir("the application " + (other.isEmpty() ? "without a context path" : other)
                + " uses it, and would get this one's results; give each application a folder of its own");
    }

    /** Returns an executor of virtual threads that have the application's context, where there is one. */
    private static @Nullable Executor virtualThreads(@Nullable Executor context, @Nullable ClassLoader loader) {
        Executor virtual = VirtualThreads.executor("late-handler", loader);
        if (virtual == null) {
            LOG.warn(
                    "late-virtual-threads is on, and this JDK {} has no virtual threads, which need 21 or later: handlers run"
                            + " on other threads",
                    Runtime.version().feature());
        }
        return virtual == null || context == null ? virtual : task -> virtual.execute(() -> context.execute(task));
    }

    private static Poll toPoll(TaskResponse response) {
        return switch (response.kind()) {
            case READY -> Poll.ready(response.text());
            case NOT_READY -> new Poll.NotReady();
            case PERMANENT_ERROR -> Poll.permanent(response.text());
            case UNAVAILABLE -> Poll.failure(response.text(), response.pause(), Poll.Scope.SERVICE);
            case SERVER_ERROR -> Poll.failure(response.text(), response.pause(), Poll.Scope.REACHED);
            case UNREADABLE -> Poll.failure(response.text(), response.pause(), Poll.Scope.ITEM);
        };
    }

    /** Returns the shortest interval that a setting asks for, between 100 ms and 1 s. */
    private static Duration tick(LateSettings settings) {
        Duration shortest = Collections.min(List.of(
                MAX_TICK,
                settings.get(Setting.DEAD_LETTER_RETRY),
                settings.firstPoll(),
                settings.get(Setting.POLL_INTERVAL)));
        return Collections.max(List.of(MIN_TICK, shortest));
    }

    /**
     * Returns the server's managed executor in the application's context; null unless there are both, and for an executor
     * that rejects work, such as while its component starts.
     */
    static @Nullable Executor inContext(@Nullable ExecutorService executor, @Nullable Executor context) {
        if (executor == null || context == null) {
            return null;
        }
        try {
            executor.execute(() -> {});
        } catch (RejectedExecutionException | IllegalStateException e) {
            LOG.warn("The server's managed executor rejects work, so handlers run on threads of this library", e);
            return null;
        }
        return handler -> context.execute(() -> executor.execute(handler));
    }

    /**
     * Captures the calling thread's naming and security context. Returns an executor that runs tasks on its caller's thread
     * in that context, or null without the server's service. Jakarta Concurrency may be absent, hence the reflection.
     */
    private static @Nullable Executor capture() {
        Object service = managed("java:comp/DefaultContextService", Object.class);
        if (service == null) {
            return null;
        }
        try {
            Class<?> api = Class.forName(
                    "jakarta.enterprise.concurrent.ContextService",
                    false,
                    service.getClass().getClassLoader());
            Method capture = api.getMethod("createContextualProxy", Object.class, Class.class);
            Executor onThisThread = Runnable::run;
            return (Executor) capture.invoke(service, onThisThread, Executor.class);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError none) {
            LOG.debug("The server's context cannot be captured", none);
            return null;
        }
    }

    @SuppressWarnings("BanJNDI") // A constant name, below java:comp.
    static <T> @Nullable T managed(String name, Class<T> type) {
        try {
            Object found = InitialContext.doLookup(name);
            return type.isInstance(found) ? type.cast(found) : null;
        } catch (NamingException | RuntimeException | LinkageError none) {
            LOG.debug("{} cannot be looked up, and the library's own is used instead", name, none);
            return null;
        }
    }

    LateEngine engine() {
        return engine;
    }

    AdminService admin() {
        return admin;
    }

    /** Stops accepting work, waits for running calls, and closes store and threads; a second call waits for the first. */
    @Override
    public synchronized void close() {
        if (poller != null) {
            // Otherwise, closing the engine would wait for a poll of a service that does not respond.
            poller.stop();
        }
        close(engine);
        // Not before: a handler that is being called may use it.
        facade.clearRunning(this);
        resources.forEach(LateService::close);
        resources.clear();
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception | LinkageError e) {
            // A LinkageError is thrown where the application's classes were unloaded; the others are closed anyway.
            LOG.warn(
                    "{} of late results could not be closed",
                    resource.getClass().getSimpleName(),
                    e);
        }
    }
}
