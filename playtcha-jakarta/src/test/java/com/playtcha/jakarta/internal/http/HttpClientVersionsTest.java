package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The versions of HttpClient that the transport works with, and the one problem for those that it does not. */
class HttpClientVersionsTest {
    /** Filled by the build; see the module's POM. */
    private static final String JARS = System.getProperty("httpclient.jars");

    @BeforeAll
    static void requireJars() {
        assumeTrue(JARS != null, "the build copies the jars");
    }

    @Test
    void verifiesWithTheOldestVersion() throws Exception {
        assertThat(probe("httpclient5-5.4", "httpcore5-5.3")).isEqualTo("success=true success=true");
    }

    @ParameterizedTest
    @CsvSource({
        "httpclient5-5.3, httpcore5-5.2, httpclient5 5.3.1 is too old; use version 5.4 or later",
        "httpclient5-5.6, httpcore5-5.2, httpcore5 5.2.4 is too old for httpclient5 5.6",
        "nothing, httpcore5-5.3, httpclient5 or httpcore5 is missing",
    })
    void refusesVersionsThatCannotWorkWithOneClearProblem(String client, String core, String problem) {
        assertThatThrownBy(() -> probe(client, core))
                .satisfies(e ->
                        assertThat(e.getClass().getName()).isEqualTo(PlaytchaConfigurationException.class.getName()))
                .hasMessageContaining("1 problem")
                .hasMessageContaining(problem);
    }

    private static String probe(String... jars) throws Exception {
        try (PlaytchaStandIn playtcha =
                        PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
                Application application = new Application(jars)) {
            @SuppressWarnings("unchecked")
            Function<String, String> probe = (Function<String, String>) application
                    .loadClass(HttpClientProbe.class.getName())
                    .getConstructor()
                    .newInstance();
            return probe.apply(playtcha.baseUrl().toString());
        }
    }

    /** Has its own copy of the library and its own HttpClient, as a WAR has. */
    private static final class Application extends URLClassLoader {
        Application(String... jars) throws Exception {
            super(urls(jars), HttpClientVersionsTest.class.getClassLoader());
        }

        private static URL[] urls(String... jars) throws Exception {
            List<URL> urls = new ArrayList<>();
            for (Class<?> type : List.of(HttpClientProbe.class, HttpUpstream.class)) {
                urls.add(type.getProtectionDomain().getCodeSource().getLocation());
            }
            File[] copied = new File(JARS).listFiles();
            for (File jar : copied == null ? new File[0] : copied) {
                for (String prefix : jars) {
                    if (jar.getName().startsWith(prefix)) {
                        urls.add(jar.toURI().toURL());
                    }
                }
            }
            return urls.toArray(new URL[0]);
        }

        private static boolean isOwn(String name) {
            return name.startsWith("com.playtcha.")
                    || name.startsWith("org.apache.hc.")
                    || name.startsWith("org/apache/hc/");
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!isOwn(name)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        @Override
        public URL getResource(String name) {
            return isOwn(name) ? findResource(name) : super.getResource(name);
        }
    }
}
