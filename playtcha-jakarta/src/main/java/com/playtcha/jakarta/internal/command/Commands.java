package com.playtcha.jakarta.internal.command;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.CodeUse;
import com.playtcha.jakarta.internal.late.admin.LateCommand;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import com.playtcha.jakarta.internal.util.Arguments;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs the commands of {@link com.playtcha.jakarta.PlaytchaCommand}; {@code --help} describes them. */
public final class Commands {
    private static final String USAGE = """
            Usage: java -cp "app/WEB-INF/lib/*" com.playtcha.jakarta.PlaytchaCommand COMMAND

            Commands
              explain            prints each setting with its effective value and its source, and every problem
              verify TOKEN       sends a token to Playtcha and says what the answer means: is my secret right? A token that
                                 was made up is enough to see whether Playtcha is reached; a fresh one is redeemed
              late ...           lists, retries and discards late results; late --help describes it

            Options of explain and verify
              --war FILE         the application: a WAR file, its unpacked directory, or its web.xml, whose context-params
                                 and init-params are read. Without it, settings come from MicroProfile Config where the
                                 class path has an implementation, else from system properties, and from the environment
              --guard NAME       verify: the guard whose settings are used (default: default)
              --help             this text

            Exit status of explain: 0; 1 where there are problems; 2 for wrong usage.
            Exit status of verify: 0 where Playtcha verified the token; 1 where it rejected the token, and not the secret;
            2 for wrong usage; 3 where the settings have problems or Playtcha refused the secret or the project; 4 where
            Playtcha could not be reached, or throttles.
            Secrets are never printed.
            """;

    private static final int DONE = 0;
    private static final int PROBLEMS = 1;
    private static final int FAILED = 3;

    private final PrintStream out;
    private final PrintStream err;

    Commands(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs a command on the standard streams, and returns its exit status. */
    public static int main(String... arguments) {
        PrintStream out = System.out;
        // A logger that writes to the standard output would write between the lines of the command.
        System.setOut(System.err);
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        int status = new Commands(out, System.err).run(arguments);
        out.flush();
        return status;
    }

    int run(String... arguments) {
        return Arguments.run(() -> dispatch(arguments), err);
    }

    private int dispatch(String... arguments) {
        String command = arguments.length == 0 ? "" : arguments[0];
        if (command.equals("late")) {
            return new LateCommand(out, err).run(Arrays.copyOfRange(arguments, 1, arguments.length));
        }
        Arguments line = Arguments.parse(Set.of("--help"), Set.of("--war", "--guard"), arguments);
        if (line.has("--help")) {
            out.print(USAGE);
            return DONE;
        }
        return switch (command) {
            case "explain" -> explain(line);
            case "verify" -> verify(line);
            default ->
                throw new UsageException("The command must be explain, verify or late"
                        + (command.isEmpty() ? "" : ", not " + LogText.clean(command)));
        };
    }

    private int explain(Arguments line) {
        if (line.words().size() != 1) {
            throw new UsageException("explain takes no argument");
        }
        LoadedSettings settings = descriptor(line).loader().inspect();
        out.print(settings.explanation());
        return settings.problems().isEmpty() ? DONE : PROBLEMS;
    }

    private int verify(Arguments line) {
        if (line.words().size() != 2) {
            throw new UsageException("verify takes exactly one token");
        }
        String guard = Objects.requireNonNullElse(line.value("--guard"), GuardSettings.DEFAULT_NAME);
        try {
            GuardSettings settings = settings(descriptor(line).loader(), guard);
            try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(settings), List.of())) {
                VerificationAdvice advice = VerificationAdvice.of(
                        runtime.guard(settings).verify(line.words().get(1)));
                out.println(advice.text());
                return advice.status();
            }
        } catch (PlaytchaConfigurationException e) {
            err.println("The settings have problems, so nothing was sent:");
            e.getProblems().forEach(problem -> err.println("  " + problem));
            return FAILED;
        }
    }

    /** Returns the settings of the first filter of a guard, which include its init-params, else the guard's. */
    private static GuardSettings settings(SettingsLoader loader, String guard) {
        LoadedSettings loaded = loader.load();
        GuardSettings found = loaded.filters().values().stream()
                .filter(filter -> filter.name().equals(guard))
                .findFirst()
                .orElse(loaded.guards().get(guard));
        if (found == null && guard.equals(GuardSettings.DEFAULT_NAME)) {
            // Something uses the guard now, so that an error says what it lacks.
            found = loader.uses(Set.of(new CodeUse(guard, "this command")))
                    .load()
                    .guards()
                    .get(guard);
        }
        if (found == null) {
            throw new UsageException("No guard has the name " + LogText.clean(guard));
        }
        return found;
    }

    private static WebDescriptor descriptor(Arguments line) {
        @Nullable Path war = line.path("--war");
        try {
            return war == null ? WebDescriptor.NONE : WebDescriptor.read(war);
        } catch (IOException e) {
            throw new UsageException("--war cannot be read: " + LogText.clean(e.toString()));
        }
    }
}
