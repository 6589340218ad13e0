package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.StandaloneGuards;

/** An application without a container, which ends when it is closed, and which no other code finds by a class loader. */
final class StandaloneApplication extends PlaytchaApplication implements StandaloneGuards {
    StandaloneApplication(ClassLoader loader) {
        super(loader);
        bindToContext(loader);
        late().setName("standalone");
    }

    @Override
    public void close() {
        end();
    }
}
