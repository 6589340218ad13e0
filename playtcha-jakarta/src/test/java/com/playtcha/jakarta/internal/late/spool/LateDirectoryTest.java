package com.playtcha.jakarta.internal.late.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Checks of setting late-dir when the application starts. */
class LateDirectoryTest {
    private static final int OTHER_USER = 65534;

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
            assertThat(withPermissions("rwxr-xr-x", "rwxr-xr-x").permissionProblem())
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

    @Test
    void aGroupWritableParentIsAWarning() throws Exception {
        try (CapturedLog log = new CapturedLog(LateDirectory.class.getName(), Level.WARN)) {
            LateDirectory folder = withPermissions("rwx------", "rwxrwxr-x");

            assertThat(folder.permissionProblem()).isNull();
            assertThat(log.lines()).singleElement().asString().contains("[" + directory.resolve("parent") + "]");
        }
    }

    @Test
    void aParentOfAParentIsLookedAtToo() throws Exception {
        LateDirectory folder = new LateDirectory(directory.resolve("open/closed/late"));
        folder.probe(true);
        Path open = directory.resolve("open");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(folder.permissionProblem()).startsWith("any user may write in its parent " + open + ";");
    }

    /** The files of the directory belong to the user of this test, who is another one than the process's. */
    @Test
    void aDirectoryOfAnotherUserIsAProblem() throws Exception {
        LateDirectory folder = withPermissions("rwxr-xr-x", "rwxr-xr-x");
        int user = DurableFiles.uid(folder.spool());

        assertThat(folder.problem(user)).isNull();
        assertThat(folder.problem(user + 1))
                .contains(" belongs to user " + Files.getOwner(folder.spool()).getName())
                .contains("chown");
    }

    @Test
    @EnabledIf("isRoot")
    void aDirectoryOrAParentThatWasMadeByAnotherUserIsAProblem() throws Exception {
        LateDirectory folder = withPermissions("rwxr-xr-x", "rwxr-xr-x");
        for (Path each : List.of(folder.spool(), folder.directory(), directory.resolve("parent"))) {
            Files.setAttribute(each, "unix:uid", OTHER_USER);

            assertThat(folder.permissionProblem()).startsWith(each + " belongs to user ");
            Files.setAttribute(each, "unix:uid", 0);
        }
        assertThat(folder.permissionProblem()).isNull();
    }

    static boolean isRoot() throws IOException {
        return DurableFiles.processUid() == 0;
    }

    @Test
    void theWayThroughALinkCountsAndSoDoesItsTarget() throws Exception {
        LateDirectory folder = withPermissions("rwx------", "rwxr-xr-x");
        Path links = Files.createDirectory(directory.resolve("links"));
        Files.createSymbolicLink(links.resolve("link"), Path.of("../parent"));
        LateDirectory linked = new LateDirectory(links.resolve("link/../parent/./late"));

        assertThat(linked.permissionProblem()).isNull();
        Files.setPosixFilePermissions(links, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(linked.permissionProblem()).startsWith("any user may write in its parent " + links + ";");
        Files.setPosixFilePermissions(links, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(directory.resolve("parent"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(linked.permissionProblem())
                .startsWith(
                        "any user may write in its parent " + folder.directory().getParent() + ";");
    }

    /** The lock is what the old version holds, in a process of its own. */
    @Test
    void aNewVersionInAnotherProcessThatEndsFirstLeavesTheDirectoryToTheOldOne() throws Exception {
        LateDirectory folder = new LateDirectory(directory.resolve("late"));
        folder.probe(false);
        try (Closeable old = folder.tryLock().orElseThrow()) {
            folder.register("/shop", IllegalStateException::new).close();

            assertThat(folder.otherApplication("/blog")).contains("/shop");
            assertThat(old).isNotNull();
        }
    }

    @Test
    void linksThatGoRoundAreAProblem() throws Exception {
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, Path.of("link"));

        assertThatThrownBy(() -> PathChain.of(link.resolve("late"))).isInstanceOf(FileSystemLoopException.class);
    }
}
