package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;

/** The library's threads that were started after this was made. Contexts that Spring keeps for other test classes have some too. */
final class LibraryThreads {
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    void assertNoneIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("playtcha-") && !before.contains(thread));
    }
}
