package com.playtcha.jakarta.internal.command;

import com.playtcha.jakarta.PlaytchaProvider;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import java.util.Map;

/** What the root package of this library calls. Public for {@code ServiceLoader} only. */
public final class LibraryProvider implements PlaytchaProvider {
    /** For {@code ServiceLoader}. */
    public LibraryProvider() {}

    @Override
    public StandaloneGuards open(Map<String, String> settings) {
        return ApplicationRegistry.open(settings);
    }

    @Override
    public int run(String... arguments) {
        return Commands.main(arguments);
    }
}
