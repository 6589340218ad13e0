package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any {@code Accept}, {@code Content-Type} and {@code Accept-Language}, which are an input's lines, have an answer. */
class AcceptFuzzTest extends FuzzTarget {
    private final DenialTexts texts = new DenialTexts(null);

    AcceptFuzzTest() {
        super(
                256 * 1024,
                300,
                "text/html, application/json;q=0.9, */*;q=0.1\napplication/json; charset=\"utf-8\"\nde-CH, fr;q=0.5, *;q=0.1",
                "application/xhtml+xml;a=b; Q=1.000,application/problem+json\ntext/html;charset=x\nzh-Hant-TW-x-a",
                "application/json;q=0.5;q=2\n\n*",
                "*/*\n\n-, de");
    }

    @Override
    protected void read(byte[] input) {
        MediaTypes.prefersJson(List.of(line(input, 0)), line(input, 1));
        try {
            MediaTypes.charset(line(input, 1), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException unknownCharset) {
            // As it is documented.
        }
        assertThat(texts.find(List.of(line(input, 2))).find("token_missing", "", ".title"))
                .isNotBlank();
    }
}
