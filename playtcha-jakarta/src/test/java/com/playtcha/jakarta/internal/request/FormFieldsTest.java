package com.playtcha.jakarta.internal.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormFieldsTest {

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
                "=t~",
                "t=%zz%~"
            })
    void fieldIsFound(String form, String values) {
        List<String> found = new ArrayList<>();
        boolean isForm = FormFields.collect(form, "t", found);

        assertThat(isForm).isEqualTo(!form.contains("%zz"));
        assertThat(String.join(",", found)).isEqualTo(values == null ? "" : values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"t=%", "t=%4", "t=%4&x=41", "%=t", "x=%g0&t=a", "t=%-1", "t=%+1", "t=%٣٣"})
    void percentSignWithoutTwoDigitsIsNoForm(String form) {
        assertThat(FormFields.collect(form, "t", new ArrayList<>())).isFalse();
    }

    @Test
    void charsetDecodesPlainAndEncodedBytes() {
        List<String> found = new ArrayList<>();

        assertThat(FormFields.collect("zo\u00eb=Zo%EB".getBytes(ISO_8859_1), ISO_8859_1, "zoë", found))
                .isTrue();
        assertThat(FormFields.collect("zoë=Zoë".getBytes(UTF_8), UTF_8, "zoë", found))
                .isTrue();
        assertThat(found).containsExactly("Zoë", "Zoë");
    }

    @Test
    void emptyBodyHasNoField() {
        List<String> found = new ArrayList<>();

        assertThat(FormFields.collect("", "t", found)).isTrue();
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, ",
        "text/plain;charset=utf-8, utf-8",
        "text/plain; Charset=\"ISO-8859-1\"; x=y, ISO-8859-1",
        "text/plain; xcharset=no, ",
        "text/plain; charset=, ''",
        "text/plain; charset=\", '\"'"
    })
    void charsetOfAContentType(String contentType, String charset) {
        assertThat(MediaTypes.charset(contentType)).isEqualTo(charset);
    }
}
