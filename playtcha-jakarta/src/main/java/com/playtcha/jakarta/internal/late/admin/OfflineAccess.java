package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.jdbc.DirectStore;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.CommandLine;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Store and spool, opened by the command itself while no application runs on late-dir; no handler is ever called. */
final class OfflineAccess {
    private static final LateResultHandler NO_HANDLER = (result, delivery) -> {
        throw new IllegalStateException("a command calls no handler");
    };

    private OfflineAccess() {}

    static AdminResponse respond(
            AdminRequest request, LateDirectory folder, CommandLine line, ResultText texts, Clock clock) {
        boolean hasSpool = Files.isDirectory(folder.spool());
        boolean embedded = EmbeddedH2.isIn(folder.store());
        String url = line.value("--url");
        if (url == null && !embedded && !hasSpool) {
            throw new LateUnavailableException("There are no late results in " + folder.directory()
                    + ": neither an embedded database nor a spool. Check that it is the application's late-dir; where the"
                    + " application uses a data source, name its database with --url.");
        }
        SpoolDirectory spool =
                hasSpool ? SpoolDirectory.open(folder.spool(), Integer.MAX_VALUE, Long.MAX_VALUE, texts, clock) : null;
        try (DirectStore store = url != null
                ? DirectStore.at(url, line.value("--user"), password(line.path("--password-file")), texts)
                : embedded ? DirectStore.embedded(folder.store(), texts) : DirectStore.none(texts)) {
            LateEngine.Builder builder =
                    LateEngine.builder(new LateConfig(), store.store(), NO_HANDLER, clock, work -> {
                        throw new RejectedExecutionException();
                    });
            try (LateEngine engine = (spool == null ? builder : builder.spool(spool)).build()) {
                AdminResponse response = new AdminService(engine, spool, texts, clock).respond(request);
                return response.status() == AdminResponse.UNREACHABLE && url == null && !embedded
                        ? AdminResponse.problem(
                                AdminResponse.UNREACHABLE,
                                "The item is not in the spool, and the store was not read: late-dir holds no embedded"
                                        + " database. Name the application's database with --url.")
                        : response;
            }
        }
    }

    private static @Nullable String password(@Nullable Path file) {
        try {
            return file == null ? null : Files.readString(file).replaceFirst("\r?\n$", "");
        } catch (IOException e) {
            throw new LateUnavailableException(
                    "The password file cannot be read (" + e.getClass().getSimpleName() + "): " + file);
        }
    }
}
