package com.playtcha.jakarta.internal.late.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found out about setting late-dir before anything is to be kept in it. */
class LateDirectoryTest {
    @TempDir
    private Path directory;

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aFolderThatCanBeWrittenIsMadeAndLeftEmpty() throws Exception {
        LateDirectory folder = LateDirectory.of(directory.resolve("a/b"));

        folder.probe(true);
        folder.probe(true);

        assertThat(List.of(folder.store(), folder.letters(), folder.setAside(), folder.requests()))
                .allMatch(Files::isDirectory);
        assertThat(files(directory)).isEmpty();
    }

    @Test
    void withoutAnEmbeddedStoreThereIsNoFolderForIt() {
        LateDirectory folder = LateDirectory.of(directory.resolve("late"));

        folder.probe(false);

        assertThat(folder.store()).doesNotExist();
        assertThat(folder.letters()).isDirectory();
    }

    @Test
    void aFolderBelowAFileIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertThatThrownBy(() -> LateDirectory.of(file.resolve("late")).probe(true))
                .isInstanceOf(LateUnavailableException.class)
                .hasMessageContaining(file.resolve("late").toString())
                .hasMessageContaining("setting late-dir")
                .hasMessageContaining("may write");
    }

    @Test
    void eachFolderIsTried() throws Exception {
        for (String name : List.of("store", "letters", "letters/set-aside", "requests")) {
            LateDirectory folder = LateDirectory.of(directory.resolve(name.replace('/', '-')));
            folder.probe(true);
            Path used = folder.directory().resolve(name);
            if (name.equals("letters")) {
                Files.delete(folder.setAside());
            }
            Files.delete(used);
            Files.writeString(used, "in its place");

            assertThatThrownBy(() -> folder.probe(true))
                    .isInstanceOf(LateUnavailableException.class)
                    .hasMessageStartingWith(
                            "The folder " + used + " of late results (setting late-dir) cannot be written");
        }
    }
}
