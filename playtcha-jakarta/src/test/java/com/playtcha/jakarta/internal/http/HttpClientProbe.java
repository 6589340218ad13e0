package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.CallResult;
import java.net.URI;
import java.util.Map;
import java.util.function.Function;

/** Verifies a token over the versions of HttpClient that its class loader has. */
public final class HttpClientProbe implements Function<String, String> {

    /** Made by reflection. */
    public HttpClientProbe() {}

    /** Returns two responses, the second of a reused connection where there is one. */
    @Override
    public String apply(String baseUrl) {
        // As in an application, the settings are checked before the transport is loaded.
        TestSettings.guard(Map.of("secret", "0123456789abcdef", "base-url", baseUrl));
        try (HttpUpstream upstream = Upstreams.open(URI.create(baseUrl))) {
            return success(upstream.call("ok-1")) + " " + success(upstream.call("ok-2"));
        }
    }

    private static String success(CallResult result) {
        return result.status() > 0 ? "success=" + result.fields().get("success") : result.toString();
    }
}
