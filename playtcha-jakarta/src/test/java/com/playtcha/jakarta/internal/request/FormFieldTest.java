package com.playtcha.jakarta.internal.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.AllocatedBytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormFieldTest {
    private static final int MEBIBYTE = 1 << 20;

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "t=a~a",
                "x=1&t=a&y=2~a",
                "t=a&t=b~a,b",
                "t=a&t=a&t=%61&t=a~a",
                "t=a&t=b&t=c~a,b",
                "t=&t=+&t=%09&t=a~a",
                "t~''",
                "t=~''",
                "%74=a~a",
                "%74x=a&t%=a&x=b~''",
                "t=a%2Bb+c%20d~a+b c d",
                "t=%e2%82%ac~€",
                "t==a=~=a=",
                "&&t=a&&~a",
                "tt=a&T=b&x=t~",
                "=t~",
                "t=a&x=%&%=&%zz=%zz~a",
                "x=%&t=a~a",
                "t=a&x=%4~a"
            })
    void fieldIsFound(String form, String values) {
        assertThat(String.join(",", find(form))).isEqualTo(values == null ? "" : values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"t=%", "t=%zz%", "t=%4", "t=%4&x=41", "t=a%", "t=%g0", "t=%-1", "t=ok&t=%"})
    void percentSignWithoutTwoDigitsInTheFieldIsNoValue(String form) {
        assertThatThrownBy(() -> find(form)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> find(String form) {
        return FormField.values(form.getBytes(UTF_8), UTF_8, "t", 10);
    }

    @Test
    void charsetDecodesPlainAndEncodedBytes() {
        assertThat(FormField.values("zo\u00eb=Zo%EB".getBytes(ISO_8859_1), ISO_8859_1, "zo\u00eb", 10))
                .containsExactly("Zo\u00eb");
        assertThat(FormField.values("zo\u00eb=Zo\u00eb".getBytes(UTF_8), UTF_8, "zo\u00eb", 10))
                .containsExactly("Zo\u00eb");
    }

    @Test
    void ofALongValueNoMoreIsReadThanShowsItsLength() {
        assertThat(find("t=" + "x".repeat(100_000))).containsExactly("x".repeat(11));
        assertThat(find("t=" + "x".repeat(100_000) + "&t=" + "x".repeat(12))).containsExactly("x".repeat(11));
        assertThat(find("t=" + "%78".repeat(10) + "&t=" + "x".repeat(11)))
                .containsExactly("x".repeat(10), "x".repeat(11));
    }

    /** One mebibyte each, of the kinds that take most memory as a map or a list. */
    static final List<String> LARGE = List.of(
            "a&".repeat(MEBIBYTE / 2),
            "a=b&".repeat(MEBIBYTE / 4),
            "t=&".repeat(MEBIBYTE / 3),
            "t=a&".repeat(MEBIBYTE / 4),
            "t=a&t=%61&".repeat(MEBIBYTE / 10),
            "t=+&".repeat(MEBIBYTE / 4),
            "%74=%20&".repeat(MEBIBYTE / 8),
            "t=" + "x".repeat(MEBIBYTE),
            "t=" + "%78".repeat(MEBIBYTE / 3),
            "%".repeat(MEBIBYTE),
            "=".repeat(MEBIBYTE));

    @ParameterizedTest
    @FieldSource("LARGE")
    void noFormTakesMemoryByItsSize(String form) throws Exception {
        byte[] bytes = form.getBytes(UTF_8);

        assertThat(bytes.length).isBetween(MEBIBYTE * 9 / 10, MEBIBYTE * 11 / 10);
        assertThat(AllocatedBytes.by(() -> FormField.values(bytes, UTF_8, "t", 4096)))
                .isLessThan(bytes.length / 16);
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
