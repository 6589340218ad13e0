package com.playtcha.jakarta.it.bench.faults;

import com.playtcha.jakarta.it.bench.TlsKey;
import com.playtcha.jakarta.it.bench.guard.Children;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.stream.Stream;

/** A process that has no file descriptor, or no memory, left when the runs begin. */
final class Exhausted {
    private static final List<String> FEW_DESCRIPTORS = List.of("/bin/sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int CHUNK = 64 * 1024;

    /** What has been used up, kept until the process ends. */
    private static final List<Object> HELD = new ArrayList<>(1 << 16);

    private Exhausted() {}

    /** Makes the runs of the fault in such a process, against a service of this one. */
    static Trial.Result run(
            Fault fault, int number, Service service, Contender.Kind kind, boolean virtual, long seed, int runs) {
        boolean descriptors = fault.disturbance() == Fault.Disturbance.NO_DESCRIPTORS;
        List<String> options = List.of(
                "-Xms32m",
                descriptors ? "-Xmx256m" : "-Xmx96m");
        try (Children children = new Children()) {
            Timer patience = new Timer(true);
            patience.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            children.close();
                        }
                    },
                    PATIENCE.toMillis());
            String line = children.start(
                    descriptors ? FEW_DESCRIPTORS : List.of(),
                    Exhausted.class,
                    options,
                    Integer.toString(number),
                    service.baseUrl().toString(),
                    kind.name(),
                    Boolean.toString(virtual),
                    Long.toString(seed),
                    Integer.toString(runs));
            patience.cancel();
            return Trial.Result.ofLine(line);
        } catch (IOException e) {
            // Without memory a process may stop for good. Its runs are missing in the table, which shows how many there
            // were.
            return new Trial.Result(0, Map.of(), 0, 0, 0, "its process did not end");
        }
    }

    public static void main(String[] args) throws Exception {
        Children.endWithInput();
        Main.silenceLogs();
        Fault fault =
                Faults.all(TlsKey.of("localhost"), TlsKey.of("other.test")).get(Integer.parseInt(args[0]));
        Contender.Kind kind = Contender.Kind.valueOf(args[2]);
        boolean virtual = Boolean.parseBoolean(args[3]);
        long seed = Long.parseLong(args[4]);
        int runs = Integer.parseInt(args[5]);
        Service service = Services.at(URI.create(args[1]), null);
        Trial trial = new Trial(fault, service, kind, virtual, seed);
        // What a failure needs is loaded and linked while it can be.
        loadClasses();
        trial.run(1_000_000, Trial.CALLERS, Duration.ofMinutes(1));
        try (Service absent = Services.absent()) {
            new Trial(fault, absent, kind, virtual, seed).run(2_000_000, Trial.CALLERS, Duration.ofMinutes(1));
        }
        boolean descriptors = fault.disturbance() == Fault.Disturbance.NO_DESCRIPTORS;
        Trial.Result result = new Trial(fault, service, kind, virtual, seed).run(0, runs, Main.BUDGET_BY_HAND, () -> {
            if (descriptors) {
                useUpDescriptors();
            } else {
                useUpHeap();
            }
            return HELD::clear;
        });
        Children.print(result.toLine());
    }

    private static void useUpDescriptors() {
        try {
            while (true) {
                HELD.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            // None is left.
        }
    }

    /** The callers need some memory for themselves; what is left is less than what 64 calls take. */
    private static void useUpHeap() {
        try {
            while (true) {
                HELD.add(new byte[CHUNK]);
            }
        } catch (OutOfMemoryError e) {
            HELD.subList(HELD.size() - 8, HELD.size()).clear();
        }
    }

    /** A folder's class files need a descriptor each; a jar is open. */
    private static void loadClasses() throws Exception {
        Path classes = Path.of(Exhausted.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isDirectory(classes)) {
            String folder = Exhausted.class.getPackageName().replace('.', '/');
            try (Stream<Path> files = Files.list(classes.resolve(folder))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".class")).toList()) {
                    String name = classes.relativize(file).toString().replace('/', '.');
                    Class.forName(name.substring(0, name.length() - ".class".length()));
                }
            }
        }
    }
}
