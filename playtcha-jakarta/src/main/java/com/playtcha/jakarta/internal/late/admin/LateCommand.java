package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operator's command line (contract, section 7); {@code --help} describes it. Sends its request to the application
 * that runs on late-dir, else opens store and spool itself. Needs the application's jars, and no container.
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

    public static void main(String[] arguments) {
        PrintStream out = System.out;
        // A logger that writes to the standard output would write between the lines of JSON.
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
            err.println("Run it with --help for the usage.");
            return USAGE;
        } catch (UnreachableException e) {
            err.println(e.getMessage());
            return UNREACHABLE;
        } catch (LinkageError | RuntimeException e) {
            err.println("The command failed: " + TerminalText.text(e.toString())
                    + ". Run it with all jars of the application on the class path: -cp \"app/WEB-INF/lib/*\"");
            return UNREACHABLE;
        }
    }

    private int run(CommandOptions options) throws CommandOptions.UsageException, UnreachableException {
        Path directory = options.directory();
        if (!Files.isDirectory(directory)) {
            throw new CommandOptions.UsageException(
                    "--late-dir names no existing directory: " + TerminalText.text(directory.toString()));
        }
        LateDirectory folder = LateDirectory.of(directory);
        requireOwner(folder);
        try (JsonWriter writer = new JsonWriter()) {
            ResultText texts = new ResultText(new StrictJson(), writer);
            AdminRequest request = options.request();
            return print(request, options.isJson(), respond(request, options, folder, texts), new AdminFiles(texts));
        }
    }

    /** The application could not read, or not rewrite, files of another user. */
    private static void requireOwner(LateDirectory folder) throws UnreachableException {
        try {
            Path own = Files.isDirectory(folder.requests()) ? folder.requests() : folder.directory();
            String owner = DurableFiles.ownerOf(own);
            String user = DurableFiles.processOwner(own);
            if (!Objects.equals(owner, user)) {
                throw new UnreachableException("This command runs as " + user + ", but " + own + " belongs to " + owner
                        + ". Run it as that user: sudo -u " + owner + " java ...");
            }
        } catch (IOException e) {
            throw new UnreachableException("The directory " + folder.directory() + " cannot be used ("
                    + e.getClass().getSimpleName() + "). Run this command as the user of the application.");
        }
    }

    private Map<String, @Nullable Object> respond(
            AdminRequest request, CommandOptions options, LateDirectory folder, ResultText texts)
            throws CommandOptions.UsageException, UnreachableException {
        try (FileChannel lock = folder.tryLock().orElse(null)) {
            if (lock == null) {
                return new AdminClient(folder, new AdminFiles(texts), clock).send(request, options.waiting());
            }
            try (OfflineAccess access = OfflineAccess.open(folder, options, texts, clock)) {
                Map<String, @Nullable Object> response = access.respond(request);
                if (request.command().name().startsWith("RETRY")) {
                    err.println("No application runs on this directory: results are handed over when one starts.");
                }
                return response;
            }
        } catch (IOException e) {
            throw new UnreachableException("The lock in " + folder.directory() + " cannot be tried ("
                    + e.getClass().getSimpleName() + "). Check that its file system supports locks.");
        }
    }

    private int print(AdminRequest request, boolean json, Map<String, @Nullable Object> response, AdminFiles files) {
        String message = AdminResponse.text(response, "message");
        switch (AdminResponse.text(response, "status")) {
            case AdminResponse.DONE -> {
                if (request.command() == AdminRequest.Command.LIST) {
                    list(response, json, files);
                } else if (request.command() == AdminRequest.Command.SHOW) {
                    show(response, json, files);
                } else {
                    out.println(message);
                }
                return OK;
            }
            case AdminResponse.NONE -> {
                err.println(message);
                return NONE;
            }
            default -> {
                err.println(message.isEmpty() ? "The application's response has no known status." : message);
                return UNREACHABLE;
            }
        }
    }

    private void list(Map<String, @Nullable Object> response, boolean json, AdminFiles files) {
        if (json) {
            AdminResponse.objects(response, "items").forEach(item -> out.println(files.line(item)));
        } else {
            CommandOutput.table(response, out);
        }
        CommandOutput.notes(response, err);
    }

    private void show(Map<String, @Nullable Object> response, boolean json, AdminFiles files) {
        if (!json) {
            CommandOutput.show(response, out);
            return;
        }
        Map<String, @Nullable Object> both = new LinkedHashMap<>();
        Map<String, @Nullable Object> item = ResultText.object(response, "item");
        if (item != null) {
            both.putAll(item);
        }
        both.put("result", response.get("result"));
        out.println(files.line(both));
    }
}
