package com.playtcha.jakarta.it.helidon;

import com.playtcha.jakarta.it.standalone.app.Threads;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import java.io.IOException;

/** Starts Helidon MP as its handbook says, and ends it when the test says so. */
public final class HelidonApplication {
    private HelidonApplication() {}

    /** Until the standard input ends. */
    public static void main(String[] args) throws IOException {
        try (SeContainer container = SeContainerInitializer.newInstance().initialize()) {
            if (container.isRunning()) {
                Threads.awaitEnd();
            }
        }
        Threads.tell();
    }
}
