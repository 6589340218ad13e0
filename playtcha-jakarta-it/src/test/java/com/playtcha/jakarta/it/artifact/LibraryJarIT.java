package com.playtcha.jakarta.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.Wars;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in the jars, and what is not. */
@Tag("artifact")
class LibraryJarIT {
    private static final int JAVA_17 = 61;
    private static final String TESTKIT = "com/playtcha/jakarta/testkit/";

    static List<Path> jars() {
        return List.of(Wars.libraryJar(), Wars.testkitJar());
    }

    @Test
    void manifestNamesTheModuleThatWildFlyHides() throws IOException {
        try (JarFile jar = new JarFile(Wars.libraryJar().toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Dependencies"))
                    .as("httpclient5 needs it from 5.5 on, where an application uses it by itself")
                    .isEqualTo("jdk.net");
            assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                    .isEqualTo("com.playtcha.jakarta");
        }
    }

    @Test
    void libraryHasNoTestKitAndTheTestKitNothingElse() throws IOException {
        assertThat(classes(Wars.libraryJar()))
                .isNotEmpty()
                .noneMatch(name -> name.startsWith(TESTKIT))
                .allMatch(name -> name.startsWith("com/playtcha/jakarta/"));
        assertThat(classes(Wars.testkitJar())).isNotEmpty().allMatch(name -> name.startsWith(TESTKIT));
    }

    @Test
    void containersFindTheInitializer() throws IOException {
        try (JarFile jar = new JarFile(Wars.libraryJar().toFile())) {
            JarEntry service = jar.getJarEntry("META-INF/services/jakarta.servlet.ServletContainerInitializer");
            assertThat(new String(jar.getInputStream(service).readAllBytes()).strip())
                    .isEqualTo("com.playtcha.jakarta.internal.servlet.PlaytchaInitializer");
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void eachCarriesTheLicense(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            assertThat(jar.getJarEntry("META-INF/LICENSE")).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void everyEntryHasTheSameTimeSoThatTwoBuildsAreEqual(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            assertThat(jar.stream().map(JarEntry::getLastModifiedTime).distinct())
                    .hasSize(1);
            assertThat(jar.getManifest().getMainAttributes().keySet())
                    .extracting(Object::toString)
                    .doesNotContain("Built-By", "Build-Date", "Bnd-LastModified");
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void classesAreForJava17(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            for (String name : classes(path)) {
                try (DataInputStream in = new DataInputStream(jar.getInputStream(jar.getEntry(name)))) {
                    in.readInt();
                    in.readUnsignedShort();
                    assertThat(in.readUnsignedShort()).as(name).isLessThanOrEqualTo(JAVA_17);
                }
            }
        }
    }

    @Test
    void applicationCarriesTheLibraryAndWhatItNeedsAndNothingOfTheTests() {
        List<String> jars = GuardedApplication.war().getContent().keySet().stream()
                .map(ArchivePath::get)
                .filter(path -> path.endsWith(".jar"))
                .map(path -> path.substring(path.lastIndexOf('/') + 1))
                .map(name -> name.replaceFirst("-[0-9].*", ""))
                .sorted()
                .toList();

        assertThat(jars)
                .containsExactly(
                        "httpclient5",
                        "httpcore5",
                        "httpcore5-h2",
                        "jakarta.json-api",
                        "jakarta.json.bind-api",
                        "parsson",
                        "playtcha-jakarta",
                        "slf4j-api",
                        "slf4j-jdk14",
                        "yasson");
    }

    private static List<String> classes(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            return jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(".class"))
                    .toList();
        }
    }
}
