package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.config.TestSecrets;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.spool.HangingDisk;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStoreSpi;
import java.security.Provider;
import java.security.Security;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on a volume that does not answer cost a call no more than its time (contract, section 3). */
class HungVolumeTest {

    /** One call waits for a part of its time, and the others do not wait; the file is used when it can be read again. */
    @Test
    void aSecretFileThatHangsLeavesTheCallsTheLastGoodSecret(@TempDir Path directory) throws Exception {
        Path disk = HangingDisk.of(directory);
        Path file = disk.resolve("secret");
        AtomicLong clock = new AtomicLong();
        CountDownLatch answers = new CountDownLatch(1);
        Files.writeString(directory.resolve("secret"), Upstreams.SECRET);
        SecretSource secret = TestSecrets.open(file, clock::get);
        try (PlaytchaStandIn playtcha =
                        PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
                CapturedLog log = new CapturedLog(SecretReader.class.getName(), Level.WARN);
                HttpUpstream upstream = Upstreams.open(secret, playtcha.baseUrl())) {
            HangingDisk.hangUntil(disk, answers);
            Files.writeString(directory.resolve("secret"), "sk_test_rotated_0123456789");
            clock.addAndGet(Duration.ofSeconds(6).toNanos());
            for (int i = 0; i < 5; i++) {
                assertThat(upstream.call("ok-" + i).reason()).isEqualTo(Reason.SUCCESS);
                clock.addAndGet(Duration.ofSeconds(6).toNanos());
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("file \"", "was not read within", "the last good secret stays in use");

            answers.countDown();
            Awaitility.await().until(() -> secret.latest().startsWith("sk_test_rotated"));
            assertThat(upstream.call("ok-rotated").reason()).isEqualTo(Reason.BAD_SECRET);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("playtcha-secret-file"));
    }

    /** In a process of its own, because the platform loads its trust store once. */
    @Test
    void aTrustStoreThatHangsLeavesTheCallItsDeadline(@TempDir Path directory) throws Exception {
        Path out = directory.resolve("out");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-Djavax.net.ssl.trustStore=" + Files.createFile(directory.resolve("trust-store")),
                            "-Djavax.net.ssl.trustStoreType=" + HangingStore.TYPE,
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Caller.class.getName(),
                            Integer.toString(server.getLocalPort())))
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = process.waitFor(1, TimeUnit.MINUTES);
            process.destroyForcibly();
            assertThat(ended).as("the calls and the close ended").isTrue();
        }

        String said = Files.readString(out);
        assertThat(said.lines().filter(line -> line.startsWith("> ")))
                .as(said)
                .containsExactly(
                        "> UNAVAILABLE TIMEOUT",
                        "> UNAVAILABLE TIMEOUT",
                        "> reading: [playtcha-trust-store]",
                        "> closed");
    }

    /** A store that is never loaded, and whose reading no interrupt ends. */
    public static final class HangingStore extends KeyStoreSpi {
        static final String TYPE = "hanging";

        @Override
        public void engineLoad(InputStream stream, char[] password) {
            while (true) {
                LockSupport.park(this);
                Thread.interrupted();
            }
        }

        @Override
        public Key engineGetKey(String alias, char[] password) {
            return null;
        }

        @Override
        public Certificate[] engineGetCertificateChain(String alias) {
            return new Certificate[0];
        }

        @Override
        public Certificate engineGetCertificate(String alias) {
            return null;
        }

        @Override
        public Date engineGetCreationDate(String alias) {
            return null;
        }

        @Override
        public void engineSetKeyEntry(String alias, Key key, char[] password, Certificate[] chain) {}

        @Override
        public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain) {}

        @Override
        public void engineSetCertificateEntry(String alias, Certificate cert) {}

        @Override
        public void engineDeleteEntry(String alias) {}

        @Override
        public Enumeration<String> engineAliases() {
            return Collections.emptyEnumeration();
        }

        @Override
        public boolean engineContainsAlias(String alias) {
            return false;
        }

        @Override
        public int engineSize() {
            return 0;
        }

        @Override
        public boolean engineIsKeyEntry(String alias) {
            return false;
        }

        @Override
        public boolean engineIsCertificateEntry(String alias) {
            return false;
        }

        @Override
        public String engineGetCertificateAlias(Certificate cert) {
            return null;
        }

        @Override
        public void engineStore(java.io.OutputStream stream, char[] password) {}
    }

    /** The process: two calls, and then a close. */
    static final class Caller {
        private Caller() {}

        private static final class Hanging extends Provider {
            private static final long serialVersionUID = 1L;

            Hanging() {
                super("hanging", "1", "");
                put("KeyStore." + HangingStore.TYPE, HangingStore.class.getName());
            }
        }

        public static void main(String[] args) {
            Security.addProvider(new Hanging());
            try (StandaloneGuards guards = PlaytchaGuards.open(Map.of(
                    "secret", Upstreams.SECRET, "base-url", "https://localhost:" + args[0], "timeout", "300ms"))) {
                for (int i = 0; i < 2; i++) {
                    Verification verification = guards.verifier().verify("t" + i);
                    System.out.println("> " + verification.getOutcome() + " "
                            + verification.getReason().name());
                }
                List<String> reading = Thread.getAllStackTraces().keySet().stream()
                        .map(thread -> thread.getName().replaceFirst("-[0-9]+$", ""))
                        .filter("playtcha-trust-store"::equals)
                        .toList();
                System.out.println("> reading: " + reading);
            }
            System.out.println("> closed");
        }
    }
}
