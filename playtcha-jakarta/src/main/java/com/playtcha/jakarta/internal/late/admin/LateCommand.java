package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcLateStore;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.util.Arguments;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;

/**
 * The operator's command line (contract, section 7); {@code --help} describes it. Sends its request to the application
 * that runs on late-dir, else opens store and spool itself. Needs the application's jars, and no container.
 */
public final class LateCommand {
    private static final String USAGE = """
            Usage: java -cp "app/WEB-INF/lib/*" com.playtcha.jakarta.PlaytchaCommand late --late-dir DIR COMMAND
            DIR is the application's setting late-dir. Run the command as the application's user. Where the application
            runs, it does the work; else the command opens the store and the spool itself.

              list [FILTER] [--json]   lists spooled items, then items whose handler failed, oldest first
              show [--json] ID         shows all that is known of one; with --result its result, which may be sensitive
              retry ID                 makes one due now; the running application delivers it
              retry --all [FILTER]     makes them due now
              discard ID               discards one for good; a result that arrives later is ignored
              discard --all FILTER     discards them for good
              --help                   this text

            FILTER is one or more of these, which must all be true:
              --state retrying|dead-letter   the handler is called again by itself, or only after a retry
              --older-than TIME              failed first, or spooled, at least this long ago, such as 90s, 30m, 2h, 7d
              --error TEXT                   the last error contains the text
            A list has 1000 items at most, or --limit N of them; --cursor C continues it where the last one ended.

            With --json there is one object a line. An id is given as it is, or as it is printed: with \\uXXXX for anything
            but printable ASCII, and for the blank and the backslash. Put it in quotes; -- ends the options.
            Exit status: 0; 1 where there is no such item; 2 for wrong usage; 3 where nothing can be reached, or where the output
            could not be written completely: what the command was to do is done then.
            """;

    private static final LateResultHandler NO_HANDLER = (result, delivery) -> {
        throw new IllegalStateException("a command calls no handler");
    };

    private LateCommand() {}

    /**
     * Runs the command, and returns what it prints.
     *
     * @throws UsageException if the arguments are wrong
     */
    public static AdminResponse run(Clock clock, String... arguments) {
        Arguments line = AdminService.parse(arguments);
        if (line.has("--help")) {
            return AdminResponse.done(USAGE, "");
        }
        Path directory = line.path("--late-dir");
        if (directory == null) {
            throw new UsageException("--late-dir is missing: pass the application's setting late-dir");
        }
        if (!Files.isDirectory(directory)) {
            throw new UsageException(
                    "--late-dir names no existing directory: " + LogText.sanitize(directory.toString()));
        }
        LateDirectory lateDir = new LateDirectory(directory);
        try (JsonWriter writer = new JsonWriter()) {
            checkOwner(Files.isDirectory(lateDir.requests()) ? lateDir.requests() : directory);
            try (Closeable lock = lateDir.tryLock().orElse(null)) {
                ResultText texts = new ResultText(new StrictJson(), writer);
                return lock == null
                        ? AdminMailbox.send(lateDir, texts, arguments)
                        : respondOffline(line, lateDir, texts, clock);
            }
        } catch (LateUnavailableException e) {
            return AdminResponse.unreachable(String.valueOf(e.getMessage()));
        } catch (JsonReadException e) {
            return AdminResponse.unreachable("The application's response cannot be read: " + e.getMessage()
                    + ". Use the jar that the application uses.");
        } catch (IOException e) {
            // With its text, which says whether the disk is full or read-only: no other user would help there.
            return AdminResponse.unreachable("The directory " + directory + " cannot be used: "
                    + LogText.escape(e.toString())
                    + ". Run this command as the user of the application, on a disk that has room, can be written to and"
                    + " supports locks.");
        }
    }

    /** Opens store and spool while no application runs on late-dir. */
    private static AdminResponse respondOffline(Arguments line, LateDirectory lateDir, ResultText texts, Clock clock) {
        boolean hasSpool = Files.isDirectory(lateDir.spool());
        boolean hasStore = EmbeddedH2.isIn(lateDir.store());
        if (!hasStore && !hasSpool) {
            throw new LateUnavailableException("There are no late results in " + lateDir.directory()
                    + ": neither an embedded database nor a spool. Check that it is the application's late-dir.");
        }
        SpoolDirectory spool =
                hasSpool ? new SpoolDirectory(lateDir.spool(), Integer.MAX_VALUE, Long.MAX_VALUE, texts, clock) : null;
        try (LateStore store = hasStore
                        ? JdbcLateStore.embedded(lateDir.store(), null, texts, true)
                        : JdbcLateStore.none(texts);
                LateEngine engine = new LateEngine(
                        LateConfig.ofCommand(),
                        store,
                        spool,
                        NO_HANDLER,
                        null,
                        List.of(),
                        clock,
                        System::nanoTime,
                        null,
                        null)) {
            if (hasStore) {
                // Opens it.
                store.beat(clock.instant());
            }
            AdminResponse response = new AdminService(engine, spool, texts, clock).respond(line);
            if (response.status() == AdminResponse.UNREACHABLE && !hasStore) {
                return AdminResponse.unreachable(
                        (line.has("--all") ? "Nothing was changed" : "The item is not in the spool")
                                + ", and late-dir holds no embedded database. Run the command while the application runs.");
            }
            return response;
        }
    }

    /** The application could not read, or not rewrite, the files of another user. */
    private static void checkOwner(Path directory) throws IOException {
        String owner = DurableFiles.ownerOf(directory);
        String user = DurableFiles.processOwner(directory);
        if (!Objects.equals(owner, user)) {
            throw new LateUnavailableException("This command runs as " + user + ", but " + directory + " belongs to "
                    + owner + ". Run it as that user: sudo -u " + owner + " java ...");
        }
    }
}
