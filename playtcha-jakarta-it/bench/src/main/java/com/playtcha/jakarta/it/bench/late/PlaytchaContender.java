package com.playtcha.jakarta.it.bench.late;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ContextResource;
import org.jspecify.annotations.Nullable;

/** This library, as an application in Tomcat gets it from its settings. */
final class PlaytchaContender implements Contender {
    private static final String KEY = "0123456789abcdef";

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final @Nullable ContextResource resource;
    private final @Nullable DataSource dataSource;
    private final boolean http;
    private final String tuning;
    private @Nullable Tomcat tomcat;
    private @Nullable LateInbox inbox;
    private volatile int port;
    private final Queue<CallbackSender> opened = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<CallbackSender> senders = ThreadLocal.withInitial(this::sender);
    private volatile @Nullable LateResults late;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder delivered = new LongAdder();

    private PlaytchaContender(
            @Nullable ContextResource resource, @Nullable DataSource dataSource, boolean http, String tuning)
            throws IOException {
        this.resource = resource;
        this.dataSource = dataSource;
        this.http = http;
        this.tuning = tuning;
        Path directory = Files.createTempDirectory("bench-late");
        settings.put("late-dir", directory.toString());
        settings.put("callback-path", "/results");
        settings.put("callback-key", KEY);
        if (resource != null) {
            settings.put("late-datasource", "java:comp/env/" + resource.getName());
        }
    }

    /** On a pool of the application's, which is called in this process. */
    static PlaytchaContender pooled(DataSource pool, int concurrency) throws IOException {
        ContextResource resource = resource();
        PoolFactory.POOLS.put(resource.getName(), pool);
        resource.setProperty("factory", PoolFactory.class.getName());
        // Otherwise Tomcat closes the pool, which others use as well.
        resource.setSingleton(false);
        return new PlaytchaContender(resource, pool, false, "late-concurrency=" + concurrency)
                .with("late-concurrency", Integer.toString(concurrency));
    }

    /** On the embedded H2. */
    static PlaytchaContender embedded() throws IOException {
        return new PlaytchaContender(null, null, false, "all defaults");
    }

    /** On Tomcat's own pool with its default of eight connections, called by HTTP. */
    static PlaytchaContender http(String url, DataSource observer) throws IOException {
        ContextResource resource = resource();
        resource.setProperty("driverClassName", "org.postgresql.Driver");
        resource.setProperty("url", url);
        return new PlaytchaContender(resource, observer, true, "all defaults; DBCP2 with its default of 8 connections");
    }

    private static ContextResource resource() {
        ContextResource resource = new ContextResource();
        resource.setName("jdbc/late");
        resource.setType(DataSource.class.getName());
        resource.setAuth("Container");
        return resource;
    }

    PlaytchaContender with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    @Override
    public void start(Handler handler) throws Exception {
        Tomcat started = new Tomcat();
        tomcat = started;
        started.setBaseDir(Files.createTempDirectory("bench-tomcat").toString());
        started.setPort(0);
        started.setSilent(true);
        started.enableNaming();
        Context context = started.addContext("/app", null);
        if (resource != null) {
            context.getNamingResources().addResource(resource);
        }
        settings.forEach((key, value) -> context.addParameter("playtcha." + key, value));
        context.addServletContainerInitializer(new PlaytchaInitializer(), null);
        context.addServletContainerInitializer(
                (classes, servlets) -> {
                    LateResults results = (LateResults) servlets.getAttribute(LateResults.ATTRIBUTE);
                    results.setHandler((result, delivery) -> handler.handle(result.getId()));
                    results.addListener((id, kind, from, to, outcome) -> {
                        if (to == LateState.DELIVERED) {
                            delivered.increment();
                        }
                    });
                    late = results;
                },
                null);
        started.getConnector();
        started.start();
        if (!context.getState().isAvailable()) {
            throw new IllegalStateException("the application did not start");
        }
        inbox = Objects.requireNonNull(((LateResultsFacade) late()).inbox(), "late results are off");
        port = started.getConnector().getLocalPort();
    }

    private CallbackSender sender() {
        CallbackSender sender = new CallbackSender(port, "/app/results", KEY);
        opened.add(sender);
        return sender;
    }

    LateResults late() {
        return Objects.requireNonNull(late, "not started");
    }

    @Override
    public void accept(String id, String code) throws Exception {
        if (http) {
            callBack(id, code);
        } else if (!Objects.requireNonNull(inbox).accept(id, code).isAcknowledged()) {
            throw new IllegalStateException("refused: " + id);
        }
        accepted.increment();
    }

    private void callBack(String id, String code) throws IOException {
        int status = senders.get().send(id, code);
        if (status != 200) {
            throw new IllegalStateException("status " + status + " for " + id);
        }
    }

    @Override
    public long remaining() throws SQLException {
        if (dataSource == null) {
            // The embedded database is the application's own.
            return accepted.sum() - delivered.sum();
        }
        return Postgres.count(
                dataSource, "SELECT COUNT(*) FROM playtcha_late_item WHERE state NOT IN ('DELIVERED', 'EXPIRED')");
    }

    /** Returns an item's state. */
    Optional<String> state(String id) {
        return late().getTasks().find(id).map(item -> item.getState().name());
    }

    @Override
    public String tuning() {
        return tuning;
    }

    @Override
    public void close() throws Exception {
        for (CallbackSender each = opened.poll(); each != null; each = opened.poll()) {
            each.close();
        }
        Tomcat running = tomcat;
        if (running != null) {
            running.stop();
            running.destroy();
            tomcat = null;
        }
    }

    @Override
    public void clear() throws SQLException {
        if (dataSource != null) {
            Postgres.execute(dataSource, "TRUNCATE playtcha_late_item");
        }
    }
}
