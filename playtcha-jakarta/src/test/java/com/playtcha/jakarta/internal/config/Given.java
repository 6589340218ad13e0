package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** An application's settings, source by source, apart from the platform's own. */
final class Given {
    static final String SECRET = "sk_live_0123456789";
    static final String URL = "https://api.example";
    static final Map<String, String> COMPLETE = Map.of("secret", SECRET, "base-url", URL);

    final Map<String, String> contextParams = new HashMap<>();
    final Map<String, Map<String, String>> filters = new LinkedHashMap<>();
    final Properties systemProperties = new Properties();
    final Map<String, String> environment = new HashMap<>();
    ClassLoader loader = new WithoutMicroProfile(Given.class.getClassLoader());

    /** Hides MicroProfile Config, as on a bare servlet container. */
    static final class WithoutMicroProfile extends ClassLoader {
        WithoutMicroProfile(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.eclipse.microprofile.") || name.startsWith("io.smallrye.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    /** The complete settings as properties. */
    static Map<String, String> prefixed() {
        return Map.of("playtcha.secret", SECRET, "playtcha.base-url", URL);
    }

    static Given complete() {
        return new Given().contextParam("playtcha.secret", SECRET).contextParam("playtcha.base-url", URL);
    }

    Given contextParam(String name, String value) {
        contextParams.put(name, value);
        return this;
    }

    Given systemProperty(String name, String value) {
        systemProperties.setProperty(name, value);
        return this;
    }

    Given environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Keys and values in turn. */
    Given filter(String name, String... initParams) {
        Map<String, String> params = new LinkedHashMap<>();
        for (int i = 0; i < initParams.length; i += 2) {
            params.put(initParams[i], initParams[i + 1]);
        }
        filters.put(name, params);
        return this;
    }

    Given loader(ClassLoader loader) {
        this.loader = loader;
        return this;
    }

    SettingsLoader builder() {
        SettingsLoader builder = new SettingsLoader()
                .contextParams(contextParams)
                .classLoader(loader)
                .platform(systemProperties, environment);
        filters.forEach(builder::filter);
        return builder;
    }

    LoadedSettings load() {
        return builder().load();
    }

    /** The settings of the filter {@code signup}. */
    GuardSettings signup() {
        GuardSettings settings = load().filters().get("signup");
        if (settings == null) {
            throw new AssertionError("no filter signup");
        }
        return settings;
    }

    List<String> problems() {
        PlaytchaConfigurationException e = catchThrowableOfType(
                PlaytchaConfigurationException.class, () -> builder().load());
        if (e == null) {
            throw new AssertionError("nothing was refused");
        }
        return e.getProblems();
    }

    /** Complete settings given in code, with more keys and values in turn. */
    static GuardSettings with(String... keysAndValues) {
        Map<String, String> values = new HashMap<>(COMPLETE);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return TestSettings.guard(values);
    }

    /** What is wrong with {@link #with}. */
    static List<String> problemsWith(String... keysAndValues) {
        PlaytchaConfigurationException e =
                catchThrowableOfType(PlaytchaConfigurationException.class, () -> with(keysAndValues));
        if (e == null) {
            throw new AssertionError("not refused: " + String.join(" ", keysAndValues));
        }
        return e.getProblems();
    }
}
