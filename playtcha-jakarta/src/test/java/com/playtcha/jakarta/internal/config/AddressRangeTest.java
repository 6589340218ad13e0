package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
