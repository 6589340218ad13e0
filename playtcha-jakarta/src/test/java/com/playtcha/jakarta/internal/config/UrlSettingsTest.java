package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.Given.problemsWith;
import static com.playtcha.jakarta.internal.config.Given.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 4: the values of keys that are URLs, paths and patterns. */
class UrlSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "https://api.example, https://api.example",
        "https://api.example/, https://api.example",
        "https://api.example/a/b//, https://api.example/a/b",
        "HTTPS://API.Example:443/Prefix, https://api.example/Prefix",
        "https://api.example:8443, https://api.example:8443",
        "https://api.example/v1x, https://api.example/v1x",
        "http://localhost:8080, http://localhost:8080",
        "http://127.0.0.1:80, http://127.0.0.1",
        "http://127.255.3.4, http://127.255.3.4",
        "http://[::1]:9000/p, http://[::1]:9000/p",
        "https://[2001:db8::1], https://[2001:db8::1]",
        "https://host:65535, https://host:65535",
        "http://127.0.0.1:1, http://127.0.0.1:1"
    })
    void baseUrlIsReadIntoOneSpelling(String text, String url) {
        assertThat(with("base-url", text).baseUrl()).hasToString(url);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, true",
        "http://127.0.0.1:1, true",
        "https://[::1], true",
        "https://api.example, false",
        "https://127.0.0.1.evil.example, false",
        "https://localhost.example, false"
    })
    void aLoopbackAddressIsOneLiterally(String text, boolean loopback) {
        assertThat(with("base-url", text).isLoopback()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @CsvSource({
        "api.example, does not start with https://",
        "ftp://api.example, does not start with https://",
        "//api.example, does not start with https://",
        "https:///v, no valid host",
        "https://, not a URL",
        "https://my_host, no valid host",
        "https://host:0, port",
        "https://host:65536, port",
        "https://host name, not a URL",
        "https://api.example?x=1, query",
        "https://api.example#top, fragment",
        "https://user@api.example, user-info",
        "https://api.example/v1, which is appended",
        "https://api.example/v1/, which is appended",
        "https://api.example/p/v1/verify, which is appended",
        "https://api.example/p/v1/verify/, which is appended"
    })
    void otherBaseUrlsAreRefused(String text, String why) {
        assertThat(problemsWith("base-url", text))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: base-url = ")
                .contains(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.example",
                "http://10.0.0.1",
                "http://128.0.0.1",
                "http://localhost.example",
                "http://127.0.0.1.example",
                "http://[::2]",
                "http://0.0.0.0"
            })
    void plainHttpNeedsALoopbackHostOrPermission(String url) {
        assertThat(problemsWith("base-url", url)).singleElement().asString().startsWith("PLAYTCHA-0012: base-url");
        assertThat(with("base-url", url, "allow-http", "true").baseUrl()).hasToString(url);
    }

    @Test
    void proxyIsThePlatformsNoneOrNamed() {
        assertThat(with("proxy", "off").get(Setting.PROXY)).isEqualTo(ProxySetting.NONE);
        assertThat(with("proxy", "platform").get(Setting.PROXY)).isEqualTo(ProxySetting.PLATFORM);
        assertThat(with("proxy", "http://proxy:3128").get(Setting.PROXY))
                .isEqualTo(new ProxySetting("proxy", 3128, ""));
        assertThat(with("proxy", "http://[::1]:3128/").get(Setting.PROXY))
                .isEqualTo(new ProxySetting("::1", 3128, ""))
                .hasToString("proxy ::1:3128");
        ProxySetting named =
                with("proxy", "http://us%40er:p%3Ass+w%C3%B6rd@proxy:3128").get(Setting.PROXY);
        assertThat(named)
                .isEqualTo(new ProxySetting("proxy", 3128, "us@er:p:ss+wörd"))
                .hasToString("proxy proxy:3128");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy:3128",
                "https://proxy:3128",
                "socks://proxy:1080",
                "http://proxy",
                "http://proxy:0",
                "http://proxy:99999",
                "http://proxy:3128/path",
                "http://proxy:3128?x",
                "http://:pw@proxy:3128",
                "http://u:p%0A@proxy:3128",
                "http://u:p%FF@proxy:3128",
                "http://%FF:p@proxy:3128",
                "http://u:p%zz@proxy:3128"
            })
    void otherProxiesAreRefused(String text) {
        assertThat(problemsWith("proxy", text)).singleElement().asString().startsWith("PLAYTCHA-0007: proxy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/denied", "/WEB-INF/denied.jsp?from=guard", "/a/..b/c", "/a?b=/../c", "/"})
    void failurePathsAreTaken(String path) {
        assertThat(with("failure-path", path).get(Setting.FAILURE_PATH)).contains(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"denied", "https://host/", "/a#b", "/a\\..\\b", "/a\nb", "/../a", "/a/..", "/..;b/a", "/a/..?b"})
    void otherFailurePathsAreRefused(String path) {
        assertThat(problemsWith("failure-path", path))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: failure-path");
    }

    @Test
    void urlPatternsAndDispatchersAreLists() {
        GuardSettings settings =
                with("url-patterns", " /signup, /api/*\n*.do,/ ,/*,/signup", "dispatchers", "REQUEST, FORWARD");
        assertThat(settings.get(Setting.URL_PATTERNS)).containsExactly("/signup", "/api/*", "*.do", "/", "/*");
        assertThat(settings.get(Setting.DISPATCHERS)).containsExactly("REQUEST", "FORWARD");
        assertThat(with("url-patterns", "off").get(Setting.URL_PATTERNS)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "signup", "/a*", "/api/**", "/*/a", "*", "*.", "*.a/b", "/*.do", "*.*", "**", "/a?b", "/a, b/*", ","
            })
    void otherUrlPatternsAreRefused(String patterns) {
        assertThat(problemsWith("url-patterns", patterns))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: url-patterns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "REQUEST, POST", "off", ",", "ERROR"})
    void otherDispatchersAreRefused(String types) {
        assertThat(problemsWith("dispatchers", types))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: dispatchers");
    }
}
