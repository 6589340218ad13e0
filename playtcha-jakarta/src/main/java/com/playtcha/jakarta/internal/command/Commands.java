package com.playtcha.jakarta.internal.command;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.late.admin.AdminResponse;
import com.playtcha.jakarta.internal.late.admin.LateCommand;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import com.playtcha.jakarta.internal.util.Arguments;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Runs the commands of {@link com.playtcha.jakarta.PlaytchaCommand}; {@code --help} describes them. */
public final class Commands {
    private static final String USAGE = """
            Usage: java -cp "app/WEB-INF/lib/*" com.playtcha.jakarta.PlaytchaCommand COMMAND

              explain            prints each setting with its effective value and its source, and every problem
              verify TOKEN       sends a token to Playtcha and says what the answer means: is my secret right? A token that
                                 was made up is enough to see whether Playtcha is reached; a fresh one is redeemed
              late ...           lists, shows, retries and discards late results; late --help describes it

              --war FILE         the application: a WAR file or its unpacked directory, whose context-params and
                                 init-params are read. Without it, settings come from MicroProfile Config where the
                                 class path has an implementation, else from system properties, and from the environment
              --guard NAME       verify: the guard whose settings are used (default: default)
              --help             this text

            Exit status of explain: 0; 1 where there are problems; 2 for wrong usage; 3 where it failed.
            Exit status of verify: 0 where Playtcha verified the token; 1 where it rejected the token, and not the secret;
            2 for wrong usage; 3 where the settings have problems or Playtcha refused the secret or the project; 4 where
            Playtcha could not be reached, or throttles. Output that could not be written is a failure of each, 3 or above.
            Secrets are never printed.
            """;

    private static final int DONE = 0;
    private static final int PROBLEMS = 1;
    private static final int USAGE_WRONG = 2;
    private static final int FAILED = 3;
    private static final int UNREACHABLE = 4;

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
        return new Commands(out, System.err).run(arguments);
    }

    int run(String... arguments) {
        int status = tryRun(arguments);
        if (out.checkError()) {
            // Else a script would take what is missing for what is not there, and discard what it has not saved.
            err.println("The output could not be written completely: its disk may be full, or its reader has ended.");
            return Math.max(status, FAILED);
        }
        return status;
    }

    private int tryRun(String... arguments) {
        try {
            return arguments.length > 0 && arguments[0].equals("late")
                    ? late(Arrays.copyOfRange(arguments, 1, arguments.length))
                    : dispatch(arguments);
        } catch (UsageException e) {
            err.println(e.getMessage());
            err.println("Run it with --help for the usage.");
            return USAGE_WRONG;
        } catch (LinkageError | RuntimeException e) {
            err.println("The command failed: " + LogText.escape(e.toString())
                    + ". Run it with all jars of the application on the class path: -cp \"app/WEB-INF/lib/*\"");
            return FAILED;
        }
    }

    private int late(String... arguments) {
        AdminResponse response = LateCommand.run(Clock.systemUTC(), arguments);
        out.print(response.out());
        err.print(response.err());
        return response.status();
    }

    private int dispatch(String... arguments) {
        Arguments line = new Arguments(Set.of("--help"), Set.of("--war", "--guard"), arguments);
        if (line.has("--help")) {
            out.print(USAGE);
            return DONE;
        }
        String command = line.word(0);
        return switch (command) {
            case "explain" -> explain(line);
            case "verify" -> verify(line);
            default ->
                throw new UsageException("The command must be explain, verify or late"
                        + (command.isEmpty() ? "" : ", not " + LogText.sanitize(command)));
        };
    }

    private int explain(Arguments line) {
        if (line.words().size() != 1) {
            throw new UsageException("explain takes no argument");
        }
        LoadedSettings settings = loader(line).inspect();
        out.print(settings.explanation());
        return settings.problems().isEmpty() ? DONE : PROBLEMS;
    }

    private int verify(Arguments line) {
        if (line.words().size() != 2) {
            throw new UsageException("verify takes exactly one token");
        }
        String guard = Objects.requireNonNullElse(line.value("--guard"), GuardSettings.DEFAULT_NAME);
        try {
            GuardSettings settings = settings(loader(line), guard);
            try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(settings), List.of())) {
                Verification verified = runtime.guard(settings).verify(line.word(1));
                out.println(summary(verified));
                out.println(meaning(verified));
                return status(verified.getReason());
            }
        } catch (PlaytchaConfigurationException e) {
            err.println("The settings have problems, so nothing was sent:");
            e.getProblems().forEach(problem -> err.println("  " + problem));
            return FAILED;
        }
    }

    /** Returns the settings of the first filter of a guard, which include its init-params, else the guard's. */
    private static GuardSettings settings(SettingsLoader loader, String guard) {
        for (GuardSettings filter : loader.load().filters().values()) {
            if (filter.name().equals(guard)) {
                return filter;
            }
        }
        // Something uses the guard now, so that an error says what it lacks.
        LoadedSettings used =
                loader.uses(Set.of(new UsageSite(guard, "this command"))).load();
        return Objects.requireNonNull(used.guards().get(guard));
    }

    /** Without a WAR, the default guard counts as used. */
    private static SettingsLoader loader(Arguments line) {
        Path war = line.path("--war");
        try {
            return war == null ? new SettingsLoader().map(Map.of()) : WarSettings.loader(war);
        } catch (IOException e) {
            throw new UsageException("--war cannot be read: " + LogText.sanitize(e.toString()));
        }
    }

    private static String summary(Verification verification) {
        int status = verification.getStatus();
        UpstreamError error = verification.getError();
        return verification.getOutcome() + " (" + verification.getReason().getLabel() + ")"
                + (status > 0 ? ", HTTP " + status : "")
                + " after " + verification.getDuration().toMillis() + " ms"
                + (error == null
                        ? ""
                        : ", code " + LogText.sanitize(error.getCode()) + ", message "
                                + LogText.sanitize(error.getMessage()) + ", request_id "
                                + LogText.sanitize(error.getRequestId()));
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case BAD_SECRET, UNKNOWN_PROJECT, SWITCHED_OFF -> FAILED;
            case NO_ENVELOPE -> UNREACHABLE;
            default ->
                switch (reason.getOutcome()) {
                    case VERIFIED -> DONE;
                    case REJECTED -> PROBLEMS;
                    case NO_TOKEN -> USAGE_WRONG;
                    default -> UNREACHABLE;
                };
        };
    }

    private static String meaning(Verification verification) {
        return switch (verification.getReason()) {
            case SUCCESS ->
                "Playtcha verified the token: base-url and secret are right."
                        + (verification.isDegraded() ? " The project is above its quota (degraded)." : "");
            case SUCCESS_FALSE -> "base-url and secret are right, but Playtcha does not accept the visitor.";
            case TOKEN_INVALID ->
                "Playtcha was reached and did not refuse the secret. It rejected the token, as it does with one that was"
                        + " made up. If it is fresh, widget and secret belong to different environments (live and test).";
            case BAD_SECRET ->
                "The secret does not match the project. Set the secret key of the project of your widget.";
            case UNKNOWN_PROJECT -> "The project was deleted or never existed there. Check base-url and secret.";
            case ALREADY_REDEEMED -> "base-url and secret are right, but the token was redeemed before.";
            case TOKEN_EXPIRED -> "base-url and secret are right, but the token is older than five minutes.";
            case REFUSED -> "Playtcha was reached and refused the token with a code that this version does not know.";
            case NO_ENVELOPE -> "Something else than Playtcha refused the call, such as a gateway. Check base-url.";
            case RATE_LIMITED -> {
                Duration pause = verification.getRetryAfter();
                yield "Playtcha was reached and throttles this machine's address"
                        + (pause == null ? "." : "; it can be asked again in " + pause.toSeconds() + " s.");
            }
            case SERVER_ERROR -> "Playtcha was reached and has a problem of its own. Try again later.";
            case NOT_PLAYTCHA -> "What answers at base-url is not Playtcha. Correct base-url.";
            case PROXY ->
                "The proxy refused the tunnel to Playtcha. Let it allow CONNECT to host and port of base-url, set proxy with user and password, or set it to off.";
            case DNS ->
                "The host name of base-url, or of the proxy on the way, cannot be resolved. Check base-url, proxy and the"
                        + " name server.";
            case CONNECT -> "No connection to base-url. Check base-url, firewalls for outgoing calls, and proxy.";
            case TLS -> "The TLS handshake failed. Check the certificate at base-url and this JVM's trust store.";
            case IO -> "The connection was lost, or the answer was not HTTP. Check what is between here and base-url.";
            case TIMEOUT -> "No complete answer within timeout. Check the network, or raise timeout.";
            case FAIL_OPEN_LIMIT ->
                "Playtcha was not reached, or had no verdict; fail-open-per-minute allows nobody more, and hides the cause."
                        + " Raise it to see the cause.";
            case LOCAL_RESOURCES -> "This machine has no file descriptor, port, thread or memory left for the call.";
            case SWITCHED_OFF -> "The guard is switched off by enabled = false, so nothing was sent.";
            default -> "The token is blank, too long, or has a character that no token has, so nothing was sent.";
        };
    }
}
