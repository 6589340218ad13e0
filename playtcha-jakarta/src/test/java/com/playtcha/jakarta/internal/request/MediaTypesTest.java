package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.AllocatedBytes;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 5: JSON where Accept prefers it over HTML, or names neither and the request is JSON. */
class MediaTypesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-                                         | -                         | false",
                "-                                         | application/json          | true",
                "-                                         | application/json;charset=utf-8 | true",
                "-                                         | Application/VND.Api+JSON  | true",
                "-                                         | text/json-ish             | false",
                "-                                         | +json                     | false",
                "*/*                                       | text/plain                | false",
                "*/*                                       | application/json          | true",
                "application/json                          | -                         | true",
                "APPLICATION/JSON                          | -                         | true",
                "application/problem+json                  | -                         | true",
                "application/*+json                        | -                         | true",
                "application/json, text/html               | -                         | false",
                "application/json, text/html;q=0.9         | -                         | true",
                "application/json;q=0.5, text/html;q=0.6   | application/json          | false",
                "application/json;q=0.5, text/html; q=0.4  | -                         | true",
                "application/json;q=0.5, application/xhtml+xml;q=0.6 | -               | false",
                "application/json;q=0                      | application/json          | false",
                "application/json;q=0.001, */*             | -                         | true",
                "text/html                                 | application/json          | false",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | application/json | false",
                "text/html;q=0                             | application/json          | false",
                "application/json;q=9                      | -                         | false",
                "application/json;q=NaN, text/html;q=0.1   | -                         | false",
                "application/json;q=                       | application/json          | true",
                "application/json;profile=\"a,text/html;q=1\" | -                      | true",
                "application/json;profile=\"open           | -                         | true",
                ";;;,,,;q=;=\"\\                           | -                         | false",
                "*/*,a,,x/+json                            | -                         | true",
                "x/+json,                                  | -                         | true",
            })
    void prefersJson(String accept, String contentType, boolean json) {
        assertThat(MediaTypes.prefersJson(accept == null ? List.of() : List.of(accept), contentType))
                .isEqualTo(json);
    }

    /** Contract, section 3. Servers differ in how long a header may be: up to 1 MiB. */
    @ParameterizedTest
    @ValueSource(strings = {"a,", ",", "*/*, "})
    void aHeaderOfManyRangesTakesNoMemoryByItsSize(String range) throws Exception {
        String header = range.repeat((1 << 20) / range.length()) + "application/json";

        assertThat(MediaTypes.prefersJson(List.of(header), null)).isTrue();
        assertThat(AllocatedBytes.by(() -> MediaTypes.prefersJson(List.of(header), null)))
                .isLessThan(header.length());
    }

    @ParameterizedTest
    @CsvSource({"1000000", "7000000"})
    void aHugeHeaderIsReadInOnePass(int length) {
        String hostile = "application/json;x=\"" + "\\\"".repeat(length / 2);
        assertThat(MediaTypes.prefersJson(List.of(hostile), null)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"text/html;q=0.2 | application/json;q=0.3 | true", "text/html | application/json | false"})
    void severalHeaderLinesAreOneList(String first, String second, boolean json) {
        assertThat(MediaTypes.prefersJson(List.of(first, second), null)).isEqualTo(json);
    }
}
