package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "192.0.2.7, ::ffff:192.0.2.7, true",
        "192.0.2.7, ::ffff:c000:207, true",
        "::ffff:192.0.2.7, 192.0.2.7, true",
        "::ffff:192.0.2.0/120, 192.0.2.7, true",
        "::ffff:192.0.2.0/120, 192.0.3.7, false",
        "172.16.0.0/12, 172.31.0.1, true",
        "172.16.0.0/12, 172.32.0.1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "::1, [::1], true",
        "fe80::/10, fe80::1%eth0, true",
        "::/0, 192.0.2.7, false",
        "127.0.0.1, 127.0.0.1.evil.example, false",
        "127.0.0.1, localhost, false",
        "127.0.0.1, 0177.0.0.1, false",
        "127.0.0.1, 2130706433, false",
        "127.0.0.1, 127.0.0.1:50000, true",
        "127.0.0.1, 127.0.0.1:500000, false",
        "127.0.0.1, 127.0.0.1:, false",
        "127.0.0.1, 127.0.0.1:50000:50000, false",
        "127.0.0.1, ::ffff:127.0.0.1:5, false",
        "::1, [::1]:50000, true",
        "::1, [::1%eth0]:50000, true",
        "::1, ::1:50000, false",
        "127.0.0.1, '', false",
    })
    void containsTheAddressesOfItsRange(String range, String address, boolean contained) {
        assertThat(TestSettings.guard(settings(range)).get(Setting.EXEMPT_ADDRESSES))
                .hasSize(1)
                .allMatch(one -> {
                    byte[] bytes = AddressRange.bytes(address);
                    return (bytes != null && one.contains(bytes)) == contained;
                });
    }

    /** A visitor may choose such a text where a proxy takes addresses from headers. */
    @Test
    void whatOnlyLooksLikeAnAddressIsNotLookedUp(@TempDir Path folder) throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "10.0.0.7 256.1.1.1\n10.0.0.7 9.999.1.1\n");
        Process lookUp = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.net.hosts.file=" + hosts,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        PrintedBytes.class.getName(),
                        "256.1.1.1",
                        "9.999.1.1",
                        "255.249.199.0")
                .redirectErrorStream(true)
                .start();

        assertThat(new String(lookUp.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines("null null [-1, -7, -57, 0] ");
    }

    /** Prints what addresses are in a process whose names come from a file. */
    static final class PrintedBytes {
        private PrintedBytes() {}

        public static void main(String[] addresses) {
            for (String address : addresses) {
                System.out.print(Arrays.toString(AddressRange.bytes(address)) + " ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0/8",
                "10.0.0.256",
                "::1/129",
                "10.0.0.0/8/8",
                "::ffff:10.0.0.0/8",
                "fe80::1%eth0",
                "010.0.0.1",
                "1.2.3.4:80",
                "*",
                ":::",
                "10.0.0.0/255.0.0.0"
            })
    void whatIsNoRangeIsAProblem(String text) {
        assertThatThrownBy(() -> TestSettings.guard(settings(text)))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("exempt-addresses")
                .hasMessageContaining("10.0.0.0/8");
    }

    @Test
    void guardsWithEqualRangesAreEqual() {
        Object range = TestSettings.guard(settings("10.1.0.0/16"));

        assertThat(TestSettings.guard(settings("10.1.2.3/16"))).isEqualTo(range).hasSameHashCodeAs(range);
        assertThat(TestSettings.guard(settings("10.2.0.0/16"))).isNotEqualTo(range);
        assertThat(TestSettings.guard(settings("10.1.0.0/17"))).isNotEqualTo(range);
        assertThat(TestSettings.guard(settings("10.1.0.0"))).isNotEqualTo(range);
    }

    private static Map<String, String> settings(String range) {
        return Map.of("secret", "s", "base-url", "http://127.0.0.1:1", "exempt-addresses", range);
    }
}
