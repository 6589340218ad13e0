package com.playtcha.jakarta.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sk_test_12 | asked with sk_test_12x | asked with ***x",
                "abcdefgh | xabcdefghx | x***x",
                "s3cret | secret s3cret wrong | secret *** wrong",
                "s3cret | key=s3cret;next | key=***;next",
                "s3cret | s3crets and as3cret, s3cret_2 | s3crets and as3cret, s3cret_2",
                "$1 | costs $1, not $10 | costs ***, not $10",
                "a.b | a.b axb | *** axb",
                "none | nothing here | nothing here",
            })
    void longSecretsAreMaskedEverywhereAndShortOnesAsWords(String secret, String text, String masked) {
        assertThat(Redaction.mask(text, secret, "***")).isEqualTo(masked);
    }

    @ParameterizedTest
    @CsvSource({"'', text", "' ', a text"})
    void blankSecretMasksNothing(String secret, String text) {
        assertThat(Redaction.mask(text, secret, "***")).isEqualTo(text);
    }
}
