package com.playtcha.jakarta.internal.http;

import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What this machine has run out of never lets a request through (contract, section 2). */
class LocalResourcesTest {

    /** The process has no file descriptor left, for a socket or for a look-up, and gets them back afterwards. */
    @Test
    void withoutAFileDescriptorTheGuardIsOverloaded(@TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is a shell to set the limit");
        try (PlaytchaStandIn playtcha =
                PlaytchaStandIn.builder().secret(Upstreams.SECRET).start()) {
            // Each verification has to open a connection.
            playtcha.always(Reply.ok().announceClose());
            List<String> said = run(
                    directory,
                    List.of("/bin/sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh"),
                    "-Xmx128m",
                    Exhausted.class,
                    playtcha.port());
            assertThat(said)
                    .containsExactly(
                            "> before: VERIFIED allowed=true",
                            "> socket: 20 x OVERLOADED LOCAL_RESOURCES PT1S allowed=false",
                            "> look-up: OVERLOADED LOCAL_RESOURCES PT1S allowed=false",
                            "> look-up that the JDK remembers: OVERLOADED LOCAL_RESOURCES PT1S allowed=false",
                            "> after: VERIFIED allowed=true",
                            "> error.type: [, dns, local-resources]");
        }
    }

    /** Most of a full heap's time goes into collections, so that calls pass their deadlines whatever Playtcha does. */
    @Test
    void aCallThatFailsWhileTheHeapIsFullIsNoOutage(@TempDir Path directory) throws Exception {
        try (PlaytchaStandIn playtcha =
                PlaytchaStandIn.builder().secret(Upstreams.SECRET).start()) {
            playtcha.always(Reply.hang());
            assertThat(run(directory, List.of(), "-Xmx32m", FullHeap.class, playtcha.port()))
                    .containsExactly(
                            "> before: UNAVAILABLE TIMEOUT null allowed=true",
                            "> full: OVERLOADED LOCAL_RESOURCES PT1S allowed=false",
                            "> free again: UNAVAILABLE TIMEOUT null allowed=true");
        }
    }

    /** The process has no local port left for a connection: busy visitors leave them in TIME_WAIT for a minute. */
    @Test
    void withoutALocalPortTheGuardIsOverloaded(@TempDir Path directory) throws Exception {
        List<String> fewPorts = List.of(
                "unshare",
                "-rn",
                "/bin/sh",
                "-c",
                "ip link set lo up && echo 40000 40019 > /proc/sys/net/ipv4/ip_local_port_range && exec \"$@\"",
                "sh");
        assumeTrue(runs(fewPorts), "a network of its own can be had");
        assertThat(run(directory, fewPorts, "-Xmx128m", NoPort.class, 0))
                .containsExactly(
                        "> before: VERIFIED SUCCESS null allowed=true",
                        "> no port: OVERLOADED LOCAL_RESOURCES PT1S allowed=false",
                        "> after: VERIFIED SUCCESS null allowed=true");
    }

    private static boolean runs(List<String> shell) throws InterruptedException {
        List<String> command = new ArrayList<>(shell);
        command.add("true");
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> run(Path directory, List<String> shell, String heap, Class<?> main, int port)
            throws Exception {
        Path out = directory.resolve("out");
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 playtcha.test\n");
        List<String> command = new ArrayList<>(shell);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                heap,
                "-Djdk.net.hosts.file=" + hosts,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName(),
                Integer.toString(port)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(out);
        List<String> said = lines.stream().filter(line -> line.startsWith("> ")).toList();
        assertThat(said).as(String.join("\n", lines)).isNotEmpty();
        return said;
    }

    @Test
    void withoutMemoryForAThreadTheGuardIsOverloaded() {
        SystemDefaultDnsResolver exhausted = new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        };
        try (HttpUpstream upstream = Upstreams.open(exhausted, URI.create("http://localhost:1"))) {
            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.LOCAL_RESOURCES);
        }
    }

    /** The text of glibc, and that of a resolver which wraps it; there is a descriptor again when the failure is looked at. */
    @ParameterizedTest
    @CsvSource({"glibc.test: System error,", "resolver.test, Too many open files"})
    void aLookUpThatGotNoDescriptorIsNoOutageAndNeitherIsItsRepetition(String message, String cause) {
        String name = message.split(":")[0];
        Throwable wrapped = new UnknownHostException(message).initCause(cause == null ? null : new IOException(cause));
        Iterator<Throwable> failures =
                List.of(wrapped, new UnknownHostException(name)).iterator();
        SystemDefaultDnsResolver exhausted = new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                throw (UnknownHostException) failures.next();
            }
        };
        try (HttpUpstream upstream =
                Upstreams.open(exhausted, URI.create("http://" + name + ":1"), "allow-http", "true")) {
            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.LOCAL_RESOURCES);
            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.LOCAL_RESOURCES);
        }
    }

    /** TLS and the JDK wrap what fails under them. */
    @Test
    void aFailureThatLackOfMemoryCausedIsNoOutage() {
        SystemDefaultDnsResolver exhausted = new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                UnknownHostException failure = new UnknownHostException(host);
                failure.initCause(new IOException(new OutOfMemoryError("Java heap space")));
                throw failure;
            }
        };
        try (HttpUpstream upstream = Upstreams.open(exhausted, URI.create("http://localhost:1"))) {
            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.LOCAL_RESOURCES);
        }
    }

    /** The process: a guard that fails open, and the service. */
    static final class NoPort {
        private NoPort() {}

        public static void main(String[] args) throws Exception {
            List<Socket> connections = new ArrayList<>();
            try (PlaytchaStandIn playtcha =
                            PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
                    StandaloneGuards guards = open("http://127.0.0.1:" + playtcha.port())) {
                playtcha.always(Reply.ok().announceClose());
                say("before: " + Exhausted.text(guards.verifier().verify("ok-1")));
                try {
                    while (true) {
                        connections.add(new Socket(InetAddress.getLoopbackAddress(), playtcha.port()));
                    }
                } catch (BindException e) {
                    // None is left.
                }
                say("no port: " + Exhausted.text(guards.verifier().verify("ok-2")));
                for (Socket connection : connections) {
                    connection.setSoLinger(true, 0);
                    connection.close();
                }
                say("after: " + Exhausted.text(guards.verifier().verify("ok-3")));
            }
        }
    }

    /** The process: a guard that fails open, whose calls all pass their deadline. */
    static final class FullHeap {
        private static final int CHUNK = 16 * 1024;

        private FullHeap() {}

        public static void main(String[] args) {
            List<Object> held = new LinkedList<>();
            try (StandaloneGuards guards = open("http://127.0.0.1:" + args[0])) {
                say("before: " + Exhausted.text(guards.verifier().verify("ok-1")));
                fill(held);
                System.gc();
                String full = Exhausted.text(guards.verifier().verify("ok-2"));
                held.clear();
                System.gc();
                say("full: " + full);
                say("free again: " + Exhausted.text(guards.verifier().verify("ok-3")));
            }
        }

        /** Leaves a twentieth of the heap free, so that a call has what it needs. */
        private static void fill(List<Object> held) {
            try {
                while (true) {
                    held.add(new byte[CHUNK]);
                }
            } catch (OutOfMemoryError e) {
                long spare = Runtime.getRuntime().maxMemory() / 20 / CHUNK;
                for (long i = 0; i < spare; i++) {
                    held.remove(0);
                }
            }
        }
    }

    /** The process: a guard that fails open. */
    static final class Exhausted {
        private Exhausted() {}

        public static void main(String[] args) throws Exception {
            List<InputStream> files = new ArrayList<>();
            Metrics.addRegistry(new SimpleMeterRegistry());
            try (StandaloneGuards byAddress = open("http://127.0.0.1:" + args[0]);
                    StandaloneGuards byName = open("http://playtcha.test:" + args[0]);
                    StandaloneGuards unreachable = open("http://playtcha.invalid:" + args[0])) {
                Verification before = byAddress.verifier().verify("ok-1");
                say("before: " + before.getOutcome() + " allowed=" + before.isAllowed());
                unreachable.verifier().verify("ok-2");
                loadClasses();
                exhaust(files);
                List<String> texts = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    texts.add(text(byAddress.verifier().verify("ok-3-" + i)));
                }
                String lookUp = text(byName.verifier().verify("ok-4"));
                for (InputStream file : files) {
                    file.close();
                }
                String remembered = text(byName.verifier().verify("ok-4"));
                say("socket: " + texts.stream().filter(texts.get(0)::equals).count() + " x " + texts.get(0));
                say("look-up: " + lookUp);
                say("look-up that the JDK remembers: " + remembered);
                Verification after = byAddress.verifier().verify("ok-5");
                say("after: " + after.getOutcome() + " allowed=" + after.isAllowed());
                Set<String> errors = new TreeSet<>();
                for (Timer timer : Metrics.globalRegistry
                        .get("playtcha.verification.duration")
                        .timers()) {
                    errors.add(timer.getId().getTag("error.type"));
                }
                say("error.type: " + errors);
            }
        }

        /** Loads what a failure needs while there are descriptors: a jar would be open, a folder's class files are not. */
        private static void loadClasses() throws Exception {
            Path classes = Path.of(PlaytchaGuards.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".class")).toList()) {
                    String name = classes.relativize(file).toString().replace('/', '.');
                    try {
                        Class.forName(name.substring(0, name.length() - ".class".length()));
                    } catch (ClassNotFoundException | LinkageError e) {
                        // It needs an optional API.
                    }
                }
            }
        }

        private static void exhaust(List<InputStream> files) {
            try {
                while (true) {
                    files.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                // None is left.
            }
        }

        private static String text(Verification verification) {
            return verification.getOutcome() + " " + verification.getReason().name() + " "
                    + verification.getRetryAfter() + " allowed=" + verification.isAllowed();
        }
    }

    private static StandaloneGuards open(String baseUrl) {
        return PlaytchaGuards.open(
                Map.of("secret", Upstreams.SECRET, "base-url", baseUrl, "allow-http", "true", "timeout", "1s"));
    }

    private static void say(String text) {
        System.out.println("> " + text);
    }
}
