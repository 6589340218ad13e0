package com.playtcha.jakarta.testkit;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Runs the stand-in as a program. */
final class CommandLine {
    private static final String USAGE = """
            Usage: java -jar playtcha-jakarta-VERSION-testkit.jar [options]
              --port N      port of 127.0.0.1 to listen on, 0 for any free one (default 8089)
              --secret S    the secret to accept (default test-secret)
              --help        this text
            """;

    private final PrintStream out;
    private final PrintStream err;
    private int port = 8089;
    private String secret = "test-secret";
    private boolean help;

    CommandLine(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs until the process is signalled; returns the exit status. */
    int run(String... args) {
        String problem = read(args);
        if (problem != null) {
            err.println(problem);
            err.print(USAGE);
            return 2;
        }
        if (help) {
            out.print(USAGE);
            return 0;
        }
        PlaytchaStandIn standIn;
        try {
            standIn = PlaytchaStandIn.builder().port(port).secret(secret).start();
        } catch (UncheckedIOException e) {
            err.println(e.getMessage());
            return 1;
        }
        out.println("A stand-in for Playtcha listens on " + standIn.baseUrl() + ", Ctrl-C ends it. Try:");
        out.println("  curl -H 'Content-Type: application/json' -d '{\"secret\":\"" + secret
                + "\",\"token\":\"ok-1\"}' " + standIn.baseUrl() + "/v1/verify");
        out.println("  curl " + standIn.baseUrl() + "/   lists the tokens");
        out.flush();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            standIn.close();
                            ended.countDown();
                        },
                        "standin-shutdown"));
        try {
            ended.await();
        } catch (InterruptedException e) {
            standIn.close();
        }
        return 0;
    }

    private @Nullable String read(String... args) {
        for (int i = 0; i < args.length; i++) {
            String option = args[i];
            if (option.equals("--help") || option.equals("-h")) {
                help = true;
                continue;
            }
            if (!option.equals("--port") && !option.equals("--secret")) {
                return "Unknown argument: " + option;
            }
            if (++i == args.length || args[i].isEmpty()) {
                return option + " needs a value";
            }
            if (option.equals("--secret")) {
                secret = args[i];
            } else if (args[i].matches("\\d{1,5}") && Integer.parseInt(args[i]) <= 65_535) {
                port = Integer.parseInt(args[i]);
            } else {
                return "Not a port: " + args[i];
            }
        }
        return null;
    }
}
