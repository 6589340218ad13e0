package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.jdbc.DirectStore;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Store and spool, opened by the command itself while no application runs on late-dir; no handler is ever called. */
final class OfflineAccess implements AutoCloseable {
    private static final String NO_STORE = "The item is not in the spool, and the store was not read: late-dir holds no"
            + " embedded database. Name the application's database with --url.";
    private static final LateResultHandler NO_HANDLER = (result, delivery) -> {
        throw new IllegalStateException("a command calls no handler");
    };

    private final LateEngine engine;
    private final AdminService service;
    private final DirectStore store;
    private final boolean hasStore;

    private OfflineAccess(LateEngine engine, AdminService service, DirectStore store, boolean hasStore) {
        this.engine = engine;
        this.service = service;
        this.store = store;
        this.hasStore = hasStore;
    }

    static OfflineAccess open(LateDirectory folder, CommandOptions options, ResultText texts, Clock clock)
            throws UnreachableException, CommandOptions.UsageException {
        boolean hasSpool = Files.isDirectory(folder.spool());
        boolean embedded = EmbeddedH2.isIn(folder.store());
        String url = options.value("--url");
        if (url == null && !embedded && !hasSpool) {
            throw new UnreachableException("There are no late results in " + folder.directory()
                    + ": neither an embedded database nor a spool. Check that it is the application's late-dir; where the"
                    + " application uses a data source, name its database with --url.");
        }
        DirectStore store = null;
        try {
            store = url != null
                    ? DirectStore.at(url, options.value("--user"), password(options.passwordFile()), texts)
                    : embedded ? DirectStore.embedded(folder.store(), texts) : DirectStore.none(texts);
            SpoolDirectory spool = hasSpool
                    ? SpoolDirectory.open(folder.spool(), Integer.MAX_VALUE, Long.MAX_VALUE, texts, clock)
                    : null;
            LateEngine.Builder builder =
                    LateEngine.builder(new LateConfig(), store.store(), NO_HANDLER, clock, work -> {
                        throw new RejectedExecutionException();
                    });
            LateEngine engine = (spool == null ? builder : builder.spool(spool)).build();
            return new OfflineAccess(engine, new AdminService(engine, spool, clock), store, url != null || embedded);
        } catch (LateUnavailableException | IllegalStateException e) {
            if (store != null) {
                store.close();
            }
            throw new UnreachableException(e.getMessage() + ".");
        }
    }

    private static @Nullable String password(@Nullable Path file) throws UnreachableException {
        try {
            return file == null
                    ? null
                    : Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\r?\n$", "");
        } catch (IOException e) {
            throw new UnreachableException(
                    "The password file cannot be read (" + e.getClass().getSimpleName() + "): " + file);
        }
    }

    Map<String, @Nullable Object> respond(AdminRequest request) {
        Map<String, @Nullable Object> response = service.respond(request);
        return !hasStore && AdminResponse.UNREACHABLE.equals(response.get("status"))
                ? AdminResponse.of(AdminResponse.UNREACHABLE, NO_STORE)
                : response;
    }

    @Override
    public void close() {
        engine.close();
        store.close();
    }
}
