package com.playtcha.jakarta.it.server;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows an application what a bare servlet container has: the JDK, the Servlet API and Jetty. The class path of the
 * tests stays hidden, so that what is missing in WEB-INF/lib is missing.
 */
final class ServerClassLoader extends ClassLoader {
    private static final List<String> SHOWN = List.of("jakarta.servlet.", "org.eclipse.jetty.", "jakarta.annotation.");

    private final ClassLoader tests;

    ServerClassLoader(ClassLoader tests) {
        super(ClassLoader.getPlatformClassLoader());
        this.tests = tests;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (SHOWN.stream().anyMatch(name::startsWith)) {
            return tests.loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return isShown(name) ? tests.getResource(name) : null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        return isShown(name) ? tests.getResources(name) : Collections.emptyEnumeration();
    }

    private static boolean isShown(String resource) {
        String name = resource.replace('/', '.');
        return SHOWN.stream().anyMatch(name::startsWith) || name.startsWith("META-INF.services.jakarta.servlet.");
    }
}
