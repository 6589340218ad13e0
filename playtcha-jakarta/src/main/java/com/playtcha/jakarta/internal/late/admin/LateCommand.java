package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operator's command line (contract, section 7): lists dead letters, shows, retries or discards one; {@code --help}
 * says how. Where an application runs on the folder, it is asked by way of files in it; else the embedded database, or
 * the one named, and the dead-letter directory are opened directly. It hands nothing over: that is the application's.
 *
 * <p>Needs this library's jar and what it depends on; neither a servlet container nor CDI. Exit status 0; 1 where there
 * is no such dead letter; 2 for wrong usage; 3 where nothing can be reached.
 *
 * @since 0.1
 */
public final class LateCommand {
    private static final int OK = 0;
    private static final int NONE = 1;
    private static final int USAGE = 2;
    private static final int UNREACHABLE = 3;

    private final PrintStream out;
    private final PrintStream err;
    private final Clock clock;

    LateCommand(PrintStream out, PrintStream err, Clock clock) {
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    /**
     * Runs the command and ends the process.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        // Loggers that write to the standard output, as some do by default, would write between the lines of JSON.
        System.setOut(System.err);
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        int status = new LateCommand(out, System.err, Clock.systemUTC()).run(arguments);
        out.flush();
        System.exit(status);
    }

    int run(String... arguments) {
        try {
            CommandOptions options = CommandOptions.parse(arguments);
            if (options.isHelp()) {
                out.print(CommandOptions.USAGE);
                return OK;
            }
            return run(options);
        } catch (CommandOptions.UsageException e) {
            err.println(e.getMessage());
            err.println("--help lists what there is.");
            return USAGE;
        } catch (UnreachableException e) {
            err.println(e.getMessage());
            return UNREACHABLE;
        } catch (LinkageError e) {
            err.println("A class is missing or does not fit: " + TerminalText.text(String.valueOf(e.getMessage()))
                    + ". Run this with all jars of the application on the class path: -cp \"app/WEB-INF/lib/*\"");
            return UNREACHABLE;
        } catch (RuntimeException e) {
            err.println("It did not work: " + TerminalText.text(String.valueOf(e))
                    + ". Run this with all jars of the application on the class path: -cp \"app/WEB-INF/lib/*\"");
            return UNREACHABLE;
        }
    }

    private int run(CommandOptions options) throws CommandOptions.UsageException, UnreachableException {
        AdminRequest ask = options.ask();
        Path directory = options.directory();
        if (!Files.isDirectory(directory)) {
            throw new CommandOptions.UsageException(
                    "--late-dir is no directory that is there: " + TerminalText.text(directory.toString()));
        }
        LateDirectory folder = LateDirectory.of(directory);
        try (JsonWriter writer = new JsonWriter()) {
            ResultText texts = new ResultText(new StrictJson(), writer);
            AdminFiles exchange = new AdminFiles(texts);
            requireOwner(directory, exchange);
            return print(ask, options, answer(ask, options, folder, texts, exchange), exchange);
        }
    }

    /** Files that another user made could not be read, or not be written any more, by the application. */
    private static void requireOwner(Path directory, AdminFiles exchange) throws UnreachableException {
        String name = exchange.newName();
        Path written = directory.resolve(name + ".probe");
        try {
            DurableFiles.write(directory.resolve(name + ".tmp"), written, new byte[0]);
            String owner = DurableFiles.ownerOf(directory);
            String mine = DurableFiles.ownerOf(written);
            Files.delete(written);
            if (!Objects.equals(owner, mine)) {
                throw new UnreachableException("This runs as " + mine + ", but the folder is " + owner
                        + "'s. Run it as that user, so that the application can read what it writes: sudo -u " + owner
                        + " java ...");
            }
        } catch (IOException e) {
            throw new UnreachableException("The folder " + directory + " cannot be used ("
                    + e.getClass().getSimpleName() + "). Run this as the user that the application runs as.");
        }
    }

    private Map<String, @Nullable Object> answer(
            AdminRequest ask, CommandOptions options, LateDirectory folder, ResultText texts, AdminFiles exchange)
            throws CommandOptions.UsageException, UnreachableException {
        Optional<LateDirectory.Hold> hold;
        try {
            hold = folder.tryHold();
        } catch (IOException e) {
            throw new UnreachableException("It cannot be told whether an application has " + folder.directory()
                    + " in use (" + e.getClass().getSimpleName() + "). Is the folder on a file system without locks?");
        }
        if (hold.isEmpty()) {
            if (options.url() != null) {
                err.println("An application has the folder in use and is asked; --url is not needed.");
            }
            return new AdminClient(folder, exchange, clock).ask(ask, options.waiting());
        }
        try (LateDirectory.Hold held = hold.get();
                OfflineAccess access = OfflineAccess.open(folder, options, texts, clock)) {
            Objects.requireNonNull(held);
            Map<String, @Nullable Object> answer = access.answer(ask);
            if (ask.command() == AdminRequest.Command.RETRY || ask.command() == AdminRequest.Command.RETRY_ALL) {
                err.println("No application has the folder in use: it is handed over when one runs again.");
            }
            return answer;
        }
    }

    private int print(
            AdminRequest ask, CommandOptions options, Map<String, @Nullable Object> answer, AdminFiles exchange) {
        String message = AdminResponse.text(answer, "message");
        switch (AdminResponse.text(answer, "status")) {
            case AdminResponse.DONE -> {
                if (ask.command() == AdminRequest.Command.LIST) {
                    list(answer, options.isJson(), exchange);
                } else if (ask.command() == AdminRequest.Command.SHOW) {
                    show(answer, options.isJson(), exchange);
                } else {
                    out.println(message);
                    CommandOutput.unread(answer, err);
                }
                return OK;
            }
            case AdminResponse.NONE -> {
                err.println(message);
                return NONE;
            }
            default -> {
                err.println(message.isEmpty() ? "The application's answer is not understood." : message);
                return UNREACHABLE;
            }
        }
    }

    private void list(Map<String, @Nullable Object> answer, boolean json, AdminFiles exchange) {
        if (!json) {
            CommandOutput.list(answer, out, err);
            return;
        }
        AdminResponse.objects(answer, "items").forEach(item -> out.println(exchange.line(item)));
        if (AdminResponse.isTrue(answer, "more")) {
            err.println("There are more: --limit shows up to " + AdminRequest.MAX_LIMIT);
        }
        CommandOutput.unread(answer, err);
    }

    private void show(Map<String, @Nullable Object> answer, boolean json, AdminFiles exchange) {
        if (!json) {
            CommandOutput.show(answer, out);
            return;
        }
        Map<String, @Nullable Object> both = new LinkedHashMap<>();
        Map<String, @Nullable Object> item = AdminResponse.object(answer, "item");
        if (item != null) {
            both.putAll(item);
        }
        both.put("result", answer.get("result"));
        out.println(exchange.line(both));
    }
}
