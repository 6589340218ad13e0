package com.playtcha.jakarta.internal.late.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of setting late-dir when the application starts. */
class LateDirectoryTest {
    @TempDir
    private Path directory;

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aWritableDirectoryIsCreatedAndLeftEmpty() throws Exception {
        LateDirectory folder = new LateDirectory(directory.resolve("a/b"));

        folder.probe(true);
        folder.probe(true);

        assertThat(List.of(folder.store(), folder.spool(), folder.requests())).allMatch(Files::isDirectory);
        assertThat(files(directory)).isEmpty();
    }

    @Test
    void theStoreDirectoryIsCreatedForAnEmbeddedStoreOnly() {
        LateDirectory folder = new LateDirectory(directory.resolve("late"));

        folder.probe(false);

        assertThat(folder.store()).doesNotExist();
        assertThat(folder.spool()).isDirectory();
    }

    @Test
    void aDirectoryBelowAFileIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertThatThrownBy(() -> new LateDirectory(file.resolve("late")).probe(true))
                .isInstanceOf(LateUnavailableException.class)
                .hasMessageContaining(file.resolve("late").toString())
                .hasMessageContaining("setting late-dir")
                .hasMessageContaining("may write");
    }

    @Test
    void eachDirectoryIsProbed() throws Exception {
        for (String name : List.of("store", "spool", "requests")) {
            LateDirectory folder = new LateDirectory(directory.resolve(name));
            folder.probe(true);
            Path used = folder.directory().resolve(name);
            Files.delete(used);
            Files.writeString(used, "in its place");

            assertThatThrownBy(() -> folder.probe(true))
                    .isInstanceOf(LateUnavailableException.class)
                    .hasMessageStartingWith("The directory " + used + " (setting late-dir) cannot be written");
        }
    }

    private LateDirectory withPermissions(String ofDirectory, String ofParent) throws IOException {
        Path parent = Files.createDirectory(directory.resolve("parent"));
        LateDirectory folder = new LateDirectory(parent.resolve("late"));
        folder.probe(true);
        Files.setPosixFilePermissions(folder.directory(), PosixFilePermissions.fromString(ofDirectory));
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString(ofParent));
        return folder;
    }

    @Test
    void aDirectoryForItsOwnerHasNoProblem() throws Exception {
        try (CapturedLog log = new CapturedLog(LateDirectory.class.getName(), Level.WARN)) {
            assertThat(withPermissions("rwxr-xr-x", "rwxrwxr-x").permissionProblem())
                    .isNull();
            assertThat(new LateDirectory(directory.resolve("not/there/yet")).permissionProblem())
                    .isNull();
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void aWorldWritableDirectoryIsAProblem() throws Exception {
        LateDirectory folder = withPermissions("rwxrwxrwx", "rwxr-xr-x");

        assertThat(folder.permissionProblem())
                .isEqualTo("any user may write in " + folder.directory() + "; run chmod o-w on it");
        Files.setPosixFilePermissions(folder.directory(), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(folder.requests(), PosixFilePermissions.fromString("rwx----w-"));
        assertThat(folder.permissionProblem()).startsWith("any user may write in " + folder.requests());
    }

    @Test
    void aWorldWritableParentIsAProblemUnlessItIsSticky() throws Exception {
        LateDirectory folder = withPermissions("rwx------", "rwxrwxrwx");
        Path parent = directory.resolve("parent");

        assertThat(folder.permissionProblem()).startsWith("any user may write in its parent " + parent);
        assertThat(new LateDirectory(parent.resolve("new")).permissionProblem())
                .startsWith("any user may write in its parent " + parent);
        Files.setAttribute(parent, "unix:mode", 01777);
        assertThat(folder.permissionProblem()).isNull();
    }

    @Test
    void aGroupWritableDirectoryIsAWarning() throws Exception {
        try (CapturedLog log = new CapturedLog(LateDirectory.class.getName(), Level.WARN)) {
            LateDirectory folder = withPermissions("rwxrwx---", "rwxr-xr-x");

            assertThat(folder.permissionProblem()).isNull();
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("fsGroup of Kubernetes", folder.directory().toString());
        }
    }
}
