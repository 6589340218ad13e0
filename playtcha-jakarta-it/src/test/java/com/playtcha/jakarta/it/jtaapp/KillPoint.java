package com.playtcha.jakarta.it.jtaapp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A point at which a thread waits until its process is killed. A later process passes it. */
final class KillPoint {
    private static final int WORK_MS = 50;

    private KillPoint() {}

    /** Works within a transaction, so that a kill finds some that are open. */
    static void takeTime() {
        try {
            new CountDownLatch(1).await(WORK_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves a file that tells of it, and waits; returns at once where the file was there. */
    static void reach(String name) {
        try {
            Files.createFile(Path.of(System.getProperty("it.points"), name));
            new CountDownLatch(1).await();
        } catch (FileAlreadyExistsException e) {
            // The second time.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
