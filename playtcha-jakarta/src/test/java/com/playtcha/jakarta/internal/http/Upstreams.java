package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/** Opens the real transport as the application would, from settings. */
final class Upstreams {
    static final String SECRET = "sk_test_0123456789abcdef";

    private Upstreams() {}

    static HttpUpstream open(URI baseUrl, String... keysAndValues) {
        return open(SystemDefaultDnsResolver.INSTANCE, baseUrl, keysAndValues);
    }

    static HttpUpstream open(DnsResolver names, URI baseUrl, String... keysAndValues) {
        GuardSettings settings = settings(baseUrl, keysAndValues);
        return open(settings, settings.secret(), names);
    }

    static HttpUpstream open(SecretSource secret, URI baseUrl) {
        return open(settings(baseUrl), secret, SystemDefaultDnsResolver.INSTANCE);
    }

    private static HttpUpstream open(GuardSettings settings, SecretSource secret, DnsResolver names) {
        return new HttpUpstream(Target.of(settings), settings, secret, new StrictJson(), new JsonWriter(), names);
    }

    private static GuardSettings settings(URI baseUrl, String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        values.put("secret", SECRET);
        values.put("base-url", baseUrl.toString());
        values.put("timeout", "10s");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return TestSettings.guard(values);
    }
}
