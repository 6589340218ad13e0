package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.LateStores;
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
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The operator's command line (contract, section 7); {@code --help} describes it. Sends its request to the application
 * that runs on late-dir, else opens store and spool itself. Needs the application's jars, and no container.
 */
public final class LateCommand {
    private static final String USAGE = """
            Usage: java -cp "app/WEB-INF/lib/*" com.playtcha.jakarta.PlaytchaCommand late --late-dir DIR COMMAND

            Commands
              list               lists spooled items, then the dead letters of the store, oldest first
              show ID            shows all that is known of one item
              retry ID           makes one item due now; the running application delivers it
              retry --all        makes all of them due now
              discard ID         discards one item for good; a result that arrives later is ignored

            Options
              --late-dir DIR     the application's setting late-dir; run the command as the application's user
              --json             list, show: JSON, one object a line
              --result           show: with the result, which may be sensitive
              --help             this text
              --                 ends the options

            An id is given as it is, or as it is printed: with \\uXXXX for anything but printable ASCII, and for the blank
            and the backslash. Put it in quotes.
            Where an application runs on DIR, it does the work; else the command opens the store and the spool itself.

            Exit status: 0; 1 where there is no such item; 2 for wrong usage; 3 where nothing can be reached.
            """;

    private static final LateResultHandler NO_HANDLER = (result, delivery) -> {
        throw new IllegalStateException("a command calls no handler");
    };
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(10);

    private final PrintStream out;
    private final PrintStream err;
    private final Clock clock;

    public LateCommand(PrintStream out, PrintStream err) {
        this(out, err, Clock.systemUTC());
    }

    LateCommand(PrintStream out, PrintStream err, Clock clock) {
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    /** Runs the command, and returns its exit status. */
    public int run(String... arguments) {
        return Arguments.run(
                () -> {
                    AdminResponse response = respond(AdminRequest.parse(arguments), arguments);
                    out.print(response.out());
                    err.print(response.err());
                    return response.status();
                },
                err);
    }

    private AdminResponse respond(Arguments line, String... arguments) {
        if (line.has("--help")) {
            return new AdminResponse(AdminResponse.DONE, USAGE, "");
        }
        Path directory = line.path("--late-dir");
        if (directory == null) {
            throw new UsageException("--late-dir is missing: pass the application's setting late-dir");
        }
        AdminRequest request = AdminRequest.of(line);
        if (!Files.isDirectory(directory)) {
            throw new UsageException("--late-dir names no existing directory: " + LogText.clean(directory.toString()));
        }
        LateDirectory lateDir = LateDirectory.of(directory);
        String problem = ownerProblem(lateDir);
        if (problem != null) {
            return AdminResponse.unreachable(problem);
        }
        try (JsonWriter writer = new JsonWriter();
                FileChannel lock = lateDir.tryLock().orElse(null)) {
            ResultText texts = new ResultText(new StrictJson(), writer);
            if (lock == null) {
                return AdminMailbox.send(lateDir, texts, arguments);
            }
            if (request.command().startsWith("retry")) {
                err.println("No application runs on this directory: results are delivered when one starts.");
            }
            return respondOffline(request, lateDir, texts);
        } catch (LateUnavailableException e) {
            String message = String.valueOf(e.getMessage());
            return AdminResponse.unreachable(message.endsWith(".") ? message : message + ".");
        } catch (IOException e) {
            return AdminResponse.unreachable(unusable(lateDir, e));
        }
    }

    /** Opens store and spool while no application runs on late-dir. */
    private AdminResponse respondOffline(AdminRequest request, LateDirectory lateDir, ResultText texts) {
        boolean hasSpool = Files.isDirectory(lateDir.spool());
        boolean hasStore = EmbeddedH2.isIn(lateDir.store());
        if (!hasStore && !hasSpool) {
            throw new LateUnavailableException("There are no late results in " + lateDir.directory()
                    + ": neither an embedded database nor a spool. Check that it is the application's late-dir.");
        }
        SpoolDirectory spool =
                hasSpool ? SpoolDirectory.open(lateDir.spool(), Integer.MAX_VALUE, Long.MAX_VALUE, texts, clock) : null;
        try (LateStore store = hasStore
                ? LateStores.embedded(lateDir.store(), null, texts, STATEMENT_TIMEOUT)
                : LateStores.none(texts)) {
            if (hasStore) {
                // Opens it.
                store.now();
            }
            Executor none = work -> {
                throw new RejectedExecutionException();
            };
            try (LateEngine engine =
                    new LateEngine(new LateConfig(), store, spool, NO_HANDLER, null, List.of(), clock, none, none)) {
                AdminResponse response = new AdminService(engine, spool, texts, clock).respond(request);
                return response.status() == AdminResponse.UNREACHABLE && !hasStore
                        ? AdminResponse.unreachable(
                                "The item is not in the spool, and late-dir holds no embedded database."
                                        + " Run the command while the application runs.")
                        : response;
            }
        }
    }

    /** Returns why this user cannot run the command: the application could not read, or not rewrite, another's files. */
    private static @Nullable String ownerProblem(LateDirectory lateDir) {
        try {
            Path own = Files.isDirectory(lateDir.requests()) ? lateDir.requests() : lateDir.directory();
            String owner = DurableFiles.ownerOf(own);
            String user = DurableFiles.processOwner(own);
            return Objects.equals(owner, user)
                    ? null
                    : "This command runs as " + user + ", but " + own + " belongs to " + owner
                            + ". Run it as that user: sudo -u " + owner + " java ...";
        } catch (IOException e) {
            return unusable(lateDir, e);
        }
    }

    private static String unusable(LateDirectory lateDir, IOException cause) {
        return "The directory " + lateDir.directory() + " cannot be used ("
                + cause.getClass().getSimpleName()
                + "). Run this command as the user of the application, on a file system that supports locks.";
    }
}
