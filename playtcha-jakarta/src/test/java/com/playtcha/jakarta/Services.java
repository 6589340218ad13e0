package com.playtcha.jakarta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/** Class loaders of applications that name services. */
public final class Services {
    private Services() {}

    /** Returns a loader whose {@code META-INF/services}, written into the folder, names implementations of a service. */
    public static ClassLoader naming(Path folder, Class<?> service, String... implementations) {
        try {
            Path services = Files.createDirectories(folder.resolve("META-INF/services"));
            Files.write(services.resolve(service.getName()), java.util.List.of(implementations));
            return new URLClassLoader(new URL[] {folder.toUri().toURL()}, Services.class.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs work with a context class loader. */
    public static <T> T with(ClassLoader loader, java.util.function.Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
