package com.playtcha.jakarta.it.quarkus;

import com.playtcha.jakarta.it.standalone.Standalone;
import java.util.List;
import java.util.Map;

/** Starts the application on Quarkus. */
interface QuarkusServer extends Standalone {
    @Override
    default List<String> command() {
        return List.of("-jar", System.getProperty("it.application"));
    }

    @Override
    default Map<String, String> environment() {
        return Map.of("QUARKUS_HTTP_HOST", "127.0.0.1", "QUARKUS_HTTP_PORT", "0");
    }
}
