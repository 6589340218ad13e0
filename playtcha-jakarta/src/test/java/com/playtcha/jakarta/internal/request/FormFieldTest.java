package com.playtcha.jakarta.internal.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormFieldTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "t=a~a",
                "x=1&t=a&y=2~a",
                "t=a&t=b~a,b",
                "t~''",
                "t=~''",
                "%74=a~a",
                "t=a%2Bb+c%20d~a+b c d",
                "t=%e2%82%ac~€",
                "t==a=~=a=",
                "&&t=a&&~a",
                "tt=a&T=b&x=t~",
                "=t~"
            })
    void fieldIsFound(String form, String values) {
        assertThat(String.join(",", find(form))).isEqualTo(values == null ? "" : values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"t=%", "t=%zz%", "t=%4", "t=%4&x=41", "%=t", "x=%g0&t=a", "t=%-1"})
    void percentSignWithoutTwoDigitsIsNoForm(String form) {
        assertThatThrownBy(() -> find(form)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> find(String form) {
        return TokenReader.formField(form.getBytes(UTF_8), UTF_8, "t");
    }

    @Test
    void charsetDecodesPlainAndEncodedBytes() {
        assertThat(TokenReader.formField("zo\u00eb=Zo%EB".getBytes(ISO_8859_1), ISO_8859_1, "zoë"))
                .containsExactly("Zoë");
        assertThat(TokenReader.formField("zoë=Zoë".getBytes(UTF_8), UTF_8, "zoë"))
                .containsExactly("Zoë");
    }

    @Test
    void emptyBodyHasNoField() {
        assertThat(find("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, UTF-8",
        "text/plain;charset=utf-8, UTF-8",
        "text/plain; Charset=\"ISO-8859-1\"; x=y, ISO-8859-1",
        "text/plain; xcharset=no, UTF-8"
    })
    void charsetOfAContentType(String contentType, String charset) {
        assertThat(MediaTypes.charset(contentType, UTF_8).name()).isEqualTo(charset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain; charset=", "text/plain; charset=\"", "text/plain;charset=\"no such\""})
    void unknownCharsetIsNoCharset(String contentType) {
        assertThatThrownBy(() -> MediaTypes.charset(contentType, UTF_8)).isInstanceOf(IllegalArgumentException.class);
    }
}
