package com.playtcha.jakarta.it.quarkus;

import com.playtcha.jakarta.it.standalone.app.Threads;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Starts Quarkus, and ends it when the test says so. */
@QuarkusMain
public class QuarkusApplication {

    /** Until the standard input ends. */
    public static void main(String[] args) {
        Thread end = new Thread(QuarkusApplication::awaitEnd, "end");
        end.setDaemon(true);
        end.start();
        Quarkus.run(
                null,
                (code, problem) -> {
                    if (problem == null) {
                        Threads.tell();
                    } else {
                        problem.printStackTrace();
                    }
                    System.exit(problem == null ? code : 1);
                },
                args);
    }

    private static void awaitEnd() {
        try {
            Threads.awaitEnd();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Quarkus.asyncExit(0);
    }
}
