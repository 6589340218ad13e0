package com.playtcha.jakarta;

/**
 * The command line of this library, for those who install or operate an application that uses it. It runs with the
 * application's jars and without a container:
 *
 * <pre>{@code
 * java -cp "app/WEB-INF/lib/*" com.playtcha.jakarta.PlaytchaCommand explain
 * }</pre>
 *
 * <p>{@code explain} prints each setting with its effective value and its source, and every problem; {@code verify TOKEN}
 * sends one token to Playtcha and says what the answer means; {@code late ...} lists, shows, retries and discards late results.
 * {@code --help} describes the options and the exit statuses. No command prints a secret.
 *
 * @since 0.1
 */
public final class PlaytchaCommand {
    private PlaytchaCommand() {}

    /**
     * Runs a command, and ends the process with its exit status.
     *
     * @param arguments the command and its options
     */
    public static void main(String[] arguments) {
        System.exit(PlaytchaProvider.find().run(arguments));
    }
}
