package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
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

            assertThatThrownBy(app::start).hasStackTraceContaining("com.example.Missing");

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

            assertThatThrownBy(app::start)
                    .hasStackTraceContaining("late-dir")
                    .hasStackTraceContaining("any user may write in " + late + "; run chmod o-w on it");
        }
        assertThat(late).isEmptyDirectory();
    }
}
