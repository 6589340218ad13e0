package com.playtcha.jakarta.fuzz;

import java.lang.reflect.Constructor;

/** What Jazzer calls; the class of the target is its argument. */
public final class JazzerTarget {
    /** What Jazzer's own code allocates while it watches an input. */
    private static final long WATCHING = 16 << 20;

    private static FuzzTarget target;

    private JazzerTarget() {}

    static FuzzTarget create(String className) throws ReflectiveOperationException {
        Constructor<?> constructor = Class.forName(className).getDeclaredConstructor();
        constructor.setAccessible(true);
        return (FuzzTarget) constructor.newInstance();
    }

    public static void fuzzerInitialize(String[] arguments) throws Exception {
        target = create(arguments[0]);
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.check(input, WATCHING);
    }

    public static void fuzzerTearDown() throws Exception {
        target.close();
    }
}
