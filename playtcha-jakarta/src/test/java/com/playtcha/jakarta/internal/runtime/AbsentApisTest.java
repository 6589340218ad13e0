package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Metrics and health are optional: without an API on the class path everything else works (contract, section 9). */
class AbsentApisTest {

    @ParameterizedTest
    @CsvSource({
        "opentelemetry|micrometer|health, false false false",
        "opentelemetry, false true true",
        "micrometer|hdrhistogram, true false true",
        "nothing, true true true"
    })
    void verificationWorksWithoutTheApis(String absent, String present) throws Exception {
        assertThat(verifyWithout(absent)).isEqualTo("VERIFIED " + present);
    }

    /** Left out as for a server that has it, in a WAR for one that does not. */
    @Test
    void withoutJsonBTheStartHasOneClearProblem() {
        assertThatThrownBy(() -> verifyWithout("json.bind|yasson"))
                .rootCause()
                .hasMessageContaining("1 problem")
                .hasMessageContaining("PLAYTCHA-0057: JSON-B is missing");
    }

    private static Object verifyWithout(String absent) throws Exception {
        Pattern left = Pattern.compile("(?i)/[^/]*(" + absent + ")[^/]*\\.jar$");
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !left.matcher(entry).find())
                .map(AbsentApisTest::url)
                .toArray(URL[]::new);
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            return Services.with(loader, () -> verify(loader, playtcha));
        }
    }

    private static Object verify(ClassLoader loader, PlaytchaStandIn playtcha) {
        try {
            return loader.loadClass(AbsentApis.class.getName())
                    .getMethod("verify", String.class, String.class)
                    .invoke(null, playtcha.baseUrl().toString(), playtcha.secret());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
