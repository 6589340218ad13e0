package com.playtcha.jakarta.late.crash;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Processes of database servers, and waiting for what they do. */
final class ServerProcesses {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private ServerProcesses() {}

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns the start of a command; PostgreSQL, and the rsync of Galera, are run by root in a name space of their own. */
    static List<String> asUser(Path program) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(program.toString());
        return command;
    }

    static Process start(List<String> command, Path log, Map<String, String> environment) throws IOException {
        return start(command, log, environment, Path.of("/dev/null"));
    }

    static Process start(List<String> command, Path log, Map<String, String> environment, Path input)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    static void run(List<String> command, Path log, Map<String, String> environment)
            throws IOException, InterruptedException {
        if (start(command, log, environment).waitFor() != 0) {
            throw new IOException(command.get(0) + " failed, see " + log);
        }
    }

    /** Ends a process and all that it started with SIGKILL, as the loss of its machine would. */
    static void kill(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        all.forEach(each -> each.onExit().join());
    }

    /** Waits until something is true; what it throws counts as false. */
    static void await(String what, Callable<Boolean> condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("waited in vain until " + what, last);
    }
}
