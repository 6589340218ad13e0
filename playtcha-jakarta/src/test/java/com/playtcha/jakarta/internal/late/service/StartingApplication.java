package com.playtcha.jakarta.internal.late.service;

import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** An application of another process, which begins to use a folder; it goes on with each byte of its standard input. */
final class StartingApplication {
    private StartingApplication() {}

    public static void main(String[] arguments) throws Exception {
        LateDirectory directory = new LateDirectory(Path.of(arguments[0]));
        directory.probe(false);
        AutoCloseable registered = directory.exclusively(() -> {
            try {
                // Its parent waits for this byte, and sends one.
                System.out.write(0);
                System.out.flush();
                System.in.read();
                Closeable lock = directory.tryLock().orElseThrow();
                AutoCloseable name = directory.register(arguments[1], IllegalStateException::new);
                return () -> {
                    lock.close();
                    name.close();
                };
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        System.in.read();
        registered.close();
    }
}
