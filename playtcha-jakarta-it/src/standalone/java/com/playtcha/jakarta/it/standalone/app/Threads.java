package com.playtcha.jakarta.it.standalone.app;

import java.io.IOException;

/** The agreement between this application and the test that started it, over its standard input and output. */
public final class Threads {
    /** Begins the last line. */
    public static final String LEFT = "threads left: ";

    private Threads() {}

    /** Returns when the test closes our input. */
    public static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // Nothing is said but the end.
        }
    }

    /** Tells which of the library's threads live. */
    public static void tell() {
        System.out.println(LEFT + names());
        System.out.flush();
    }

    static String names() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-"))
                .sorted()
                .toList()
                .toString();
    }
}
