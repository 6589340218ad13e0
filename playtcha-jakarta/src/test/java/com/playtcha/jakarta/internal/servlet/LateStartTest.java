package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.runtime.StartupFailure;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Late results of an application that does not come up. */
class LateStartTest {
    @TempDir
    Path directory;

    @Test
    void aHandlerThatCannotBeMadeStopsTheDeploymentAndLeavesNothingRunning() throws Exception {
        Path services = Files.createDirectories(directory.resolve("classes/META-INF/services"));
        Files.writeString(services.resolve("com.playtcha.jakarta.late.LateResultHandler"), "com.example.Missing\n");
        URL[] classes = {directory.resolve("classes").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader());
                TestApp app = new TestApp()) {
            app.initialized()
                    .classLoader(loader)
                    .contextParams(Map.of("late-dir", directory.resolve("late").toString()));

            assertThat(refusal(app)).contains("com.example.Missing");

            assertThat(directory.resolve("late/store")).isNotEmptyDirectory();
            assertThat(ManagementFactory.getPlatformMBeanServer()
                            .queryNames(new ObjectName("com.playtcha.jakarta:type=LateResults,*"), null))
                    .isEmpty();
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("playtcha-late-tick-"));
        }
    }

    @Test
    void aWorldWritableLateDirStopsTheDeployment() throws Exception {
        Path late = Files.createDirectory(directory.resolve("late"));
        Files.setPosixFilePermissions(late, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (TestApp app = new TestApp()) {
            app.initialized().contextParams(Map.of("late-dir", late.toString()));

            assertThat(refusal(app)).contains("late-dir", "any user may write in " + late + "; run chmod o-w on it");
        }
        assertThat(late).isEmptyDirectory();
    }

    /** What a local user could do in a sticky directory such as {@code /tmp}: make the folder before the application does. */
    @Test
    @EnabledIf("com.playtcha.jakarta.internal.late.spool.LateDirectoryTest#isRoot")
    void aLateDirThatAnotherUserMadeStopsTheDeployment() throws Exception {
        Path late = Files.createDirectory(directory.resolve("late"));
        Files.setPosixFilePermissions(late, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(late, "unix:uid", 65534);
        try (TestApp app = new TestApp()) {
            app.initialized().contextParams(Map.of("late-dir", late.toString()));

            assertThat(refusal(app)).contains(late + " belongs to user ");
        }
        assertThat(late).isEmptyDirectory();
    }

    /** Starts an application that cannot be started; returns what is logged. */
    private static String refusal(TestApp app) {
        try (CapturedLog log = new CapturedLog(ContextLifecycle.class.getName(), Level.ERROR)) {
            assertThatThrownBy(app::start).hasRootCauseInstanceOf(StartupFailure.class);
            return log.everything();
        }
    }
}
