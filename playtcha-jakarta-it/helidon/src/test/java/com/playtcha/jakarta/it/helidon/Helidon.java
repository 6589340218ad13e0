package com.playtcha.jakarta.it.helidon;

import com.playtcha.jakarta.it.standalone.Standalone;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts the application on Helidon MP. */
interface Helidon extends Standalone {
    @Override
    default List<String> command() throws IOException {
        String application = System.getProperty("it.application");
        String libraries =
                Files.readString(Path.of(System.getProperty("it.class-path"))).strip();
        return List.of(
                "-Djava.util.logging.config.file=" + Path.of(application, "logging.properties"),
                "-Dmp.initializer.allow=true",
                "-Dmp.initializer.no-warn=true",
                "-cp",
                application + File.pathSeparator + libraries,
                HelidonApplication.class.getName());
    }

    @Override
    default Map<String, String> environment() {
        return Map.of("SERVER_HOST", "127.0.0.1", "SERVER_PORT", "0");
    }
}
