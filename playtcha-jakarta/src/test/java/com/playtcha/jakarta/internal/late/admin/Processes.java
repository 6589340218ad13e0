package com.playtcha.jakarta.internal.late.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.late.LateResult;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Starts Java processes with a minimal class path. */
final class Processes {
    private Processes() {}

    /** How a process ended. */
    record Ended(int status, String out, String err) {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Path home(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Path> paths(Class<?>... more) {
        Set<Path> paths = new LinkedHashSet<>();
        paths.add(home(LateResult.class));
        paths.add(home(org.slf4j.Logger.class));
        for (Class<?> type : more) {
            paths.add(home(type));
        }
        return paths;
    }

    /** Returns a class path of the library, its logging API, and the homes of these classes. */
    static String classPath(Class<?>... more) {
        return paths(more).stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns classes of the JSON libraries and of H2, whose homes the command needs. */
    static Class<?>[] forCommand(Class<?>... more) {
        List<Class<?>> types = new ArrayList<>(List.of(
                jakarta.json.Json.class,
                jakarta.json.bind.Jsonb.class,
                load("org.eclipse.yasson.JsonBindingProvider"),
                load("org.eclipse.parsson.JsonProviderImpl"),
                org.h2.Driver.class));
        types.addAll(List.of(more));
        return types.toArray(new Class<?>[0]);
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    static URL[] urls(Class<?>... more) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (Path path : paths(more)) {
            urls.add(path.toUri().toURL());
        }
        return urls.toArray(new URL[0]);
    }

    static Ended run(Path directory, String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "process", ".out");
        Path err = Files.createTempFile(directory, "process", ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().close();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
}
