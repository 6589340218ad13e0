package com.playtcha.jakarta.it.bench.faults;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A broken service, while it runs. */
interface Service extends AutoCloseable {
    URI baseUrl();

    /** Returns the proxy on the way, or null. */
    default @Nullable URI proxy() {
        return null;
    }

    @Override
    void close();
}
