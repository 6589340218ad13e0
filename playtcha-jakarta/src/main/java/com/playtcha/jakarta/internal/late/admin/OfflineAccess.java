package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.jdbc.DirectStore;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.MemoryLateStore;
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

/** Store and directory, opened by the command itself while no application has them; no handler is ever called. */
final class OfflineAccess implements AutoCloseable {
    private static final String NO_STORE =
            "The store was not looked at: there is no embedded database in the folder, and"
                    + " no --url names another one.";
    private static final LateResultHandler NO_HANDLER = (result, delivery) -> {
        throw new IllegalStateException("a command hands nothing over");
    };

    private final LateEngine engine;
    private final AdminService operator;
    private final @Nullable DirectStore store;

    private OfflineAccess(LateEngine engine, AdminService operator, @Nullable DirectStore store) {
        this.engine = engine;
        this.operator = operator;
        this.store = store;
    }

    /**
     * Opens what there is.
     *
     * @throws UnreachableException where there is nothing, or it cannot be opened
     */
    static OfflineAccess open(LateDirectory folder, CommandOptions options, ResultText texts, Clock clock)
            throws UnreachableException, CommandOptions.UsageException {
        boolean hasLetters = Files.isDirectory(folder.letters());
        DirectStore store = null;
        try {
            if (options.url() != null) {
                store = DirectStore.at(options.url(), options.user(), password(options.passwordFile()), texts);
            } else if (DirectStore.isIn(folder.store())) {
                store = DirectStore.embedded(folder.store(), texts);
            } else if (!hasLetters) {
                throw new UnreachableException("There are no late results in " + folder.directory()
                        + ": neither an embedded database nor dead letters. Is it the application's late-dir? Where the"
                        + " application uses a data source, name its database with --url.");
            }
            SpoolDirectory letters = hasLetters
                    ? SpoolDirectory.open(folder.letters(), Integer.MAX_VALUE, Long.MAX_VALUE, texts, clock)
                    : null;
            LateStore items = store == null ? new MemoryLateStore(clock) : store.store();
            LateEngine.Builder builder =
                    LateEngine.builder(LateConfig.builder().build(), items, NO_HANDLER, clock, work -> {
                        throw new RejectedExecutionException();
                    });
            LateEngine engine = (letters == null ? builder : builder.letters(letters)).build();
            return new OfflineAccess(engine, new AdminService(engine, letters, folder, clock), store);
        } catch (LateUnavailableException | IllegalStateException e) {
            if (store != null) {
                store.close();
            }
            throw new UnreachableException(e.getMessage() + ".");
        }
    }

    private static @Nullable String password(@Nullable Path file) throws UnreachableException {
        if (file == null) {
            return null;
        }
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.endsWith("\r\n")
                    ? text.substring(0, text.length() - 2)
                    : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            throw new UnreachableException(
                    "The password file cannot be read (" + e.getClass().getSimpleName() + "): " + file);
        }
    }

    Map<String, @Nullable Object> answer(AdminRequest ask) {
        Map<String, @Nullable Object> answer = operator.answer(ask);
        if (store != null) {
            return answer;
        }
        if (AdminResponse.NONE.equals(answer.get("status"))) {
            return AdminResponse.of(
                    AdminResponse.UNREACHABLE,
                    AdminResponse.text(answer, "message") + " in the directory. " + NO_STORE);
        }
        answer.put("store_unread", true);
        return answer;
    }

    @Override
    public void close() {
        engine.close();
        if (store != null) {
            store.close();
        }
    }
}
