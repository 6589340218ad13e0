package com.playtcha.jakarta.internal.annotation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;

/**
 * Defines some classes of the class path itself and hides one, as where an optional dependency is absent. Nested classes
 * need their outer class among them.
 */
public final class HidingClassLoader extends ClassLoader {
    private final String hidden;
    private final Set<String> own;

    public HidingClassLoader(Class<?> hidden, Class<?>... own) {
        super(HidingClassLoader.class.getClassLoader());
        this.hidden = hidden.getName();
        this.own = Set.copyOf(Arrays.stream(own).map(Class::getName).toList());
    }

    /** The class of this name as this loader defines it. */
    public Class<?> own(Class<?> original) {
        try {
            return loadClass(original.getName());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.equals(hidden)) {
            throw new ClassNotFoundException(name + " is absent");
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? own.contains(name) ? define(name) : super.loadClass(name, resolve) : loaded;
        }
    }

    private Class<?> define(String name) {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
