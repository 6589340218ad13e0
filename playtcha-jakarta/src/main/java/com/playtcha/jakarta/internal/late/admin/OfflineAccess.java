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
import java.nio.file.Files;
import java.time.Clock;
import java.util.concurrent.RejectedExecutionException;

/** Store and spool, opened by the command itself while no application runs on late-dir; no handler is ever called. */
final class OfflineAccess {
    private static final LateResultHandler NO_HANDLER = (result, delivery) -> {
        throw new IllegalStateException("a command calls no handler");
    };

    private OfflineAccess() {}

    static AdminResponse respond(AdminRequest request, LateDirectory lateDir, ResultText texts, Clock clock) {
        boolean hasSpool = Files.isDirectory(lateDir.spool());
        boolean hasStore = EmbeddedH2.isIn(lateDir.store());
        if (!hasStore && !hasSpool) {
            throw new LateUnavailableException("There are no late results in " + lateDir.directory()
                    + ": neither an embedded database nor a spool. Check that it is the application's late-dir.");
        }
        SpoolDirectory spool =
                hasSpool ? SpoolDirectory.open(lateDir.spool(), Integer.MAX_VALUE, Long.MAX_VALUE, texts, clock) : null;
        try (DirectStore store = hasStore ? DirectStore.embedded(lateDir.store(), texts) : DirectStore.none(texts)) {
            LateEngine.Builder builder =
                    LateEngine.builder(new LateConfig(), store.store(), NO_HANDLER, clock, work -> {
                        throw new RejectedExecutionException();
                    });
            try (LateEngine engine = (spool == null ? builder : builder.spool(spool)).build()) {
                AdminResponse response = new AdminService(engine, spool, texts, clock).respond(request);
                return response.status() == AdminResponse.UNREACHABLE && !hasStore
                        ? AdminResponse.problem(
                                AdminResponse.UNREACHABLE,
                                "The item is not in the spool, and late-dir holds no embedded database. Run the command"
                                        + " while the application runs.")
                        : response;
            }
        }
    }
}
