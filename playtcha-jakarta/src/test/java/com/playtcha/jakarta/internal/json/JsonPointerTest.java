package com.playtcha.jakarta.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.playtcha.jakarta.AllocatedBytes;
import com.playtcha.jakarta.internal.json.JsonPointer.Match;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPointerTest {
    private static final int MAX_DEPTH = 500;
    private static final int MAX_LENGTH = 100;
    private static final int MEBIBYTE = 1 << 20;

    private static Match find(String pointer, String text) throws JsonReadException {
        return JsonPointer.parse(pointer).find(text.getBytes(UTF_8), UTF_8, MAX_DEPTH, MAX_LENGTH);
    }

    private static String shown(Match match) {
        return match.kind() == Match.Kind.STRING
                ? "'" + match.string() + "'"
                : match.kind().name();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/a/b | 'deep'",
                "/list/1 | 'two'",
                "/list/0 | OTHER",
                "/list/2/x | 'in an array'",
                "/sl~1ash | 'slash'",
                "/til~0de | 'tilde'",
                "/ | 'empty key'",
                "/list/01 | ABSENT",
                "/list/3 | ABSENT",
                "/list/- | ABSENT",
                "/list/99999999999 | ABSENT",
                "/a/b/c | ABSENT",
                "/nothing | ABSENT",
                "/none | ABSENT",
                "/none/x | ABSENT",
                "/a | OTHER",
                "/list | OTHER",
                "/number | OTHER",
                "/yes | OTHER",
                "/twice | REPEATED",
                "/within/twice | REPEATED",
                "/outer/x | REPEATED",
            })
    void aPointerFindsItsValue(String pointer, String expected) throws Exception {
        String text = " {\"other\":{\"a\":{\"b\":1}},\"a\":{\"c\":[],\"b\":\"deep\"},\r\n\t"
                + "\"list\":[-1.5e+10,\"two\",{\"x\":\"in an array\"}],"
                + "\"sl/ash\":\"slash\",\"til~de\":\"tilde\",\"\":\"empty key\","
                + "\"none\":null,\"number\":0,\"yes\":true,\"no\":false,\"unrelated\":1,\"unrelated\":2,"
                + "\"twice\":\"x\",\"twi\\u0063e\":\"x\",\"within\":{\"twice\":1,\"twice\":\"x\"},"
                + "\"outer\":{\"x\":\"y\"},\"outer\":7} ";

        assertThat(shown(find(pointer, text))).isEqualTo(expected);
    }

    @Test
    void namesAndValuesAreUnescaped() throws Exception {
        String text = "{\"t\\u006F\\u00E9/\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\uDE00\"}";
        assertThat(find("/to\u00e9~1", text).string()).isEqualTo("a\"\\/\b\f\n\r\t\u00e9\ud83d\ude00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "nul",
                "{}garbage",
                "{}{}",
                "{},",
                "{token:1}",
                "{'token':1}",
                "{\"a\":True}",
                "{\"a\":tru}",
                "{\"a\":truE}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\" 1}",
                "{\"a\":}",
                "{\"a\":01}",
                "{\"a\":-}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":1e+}",
                "{\"a\":NaN}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\u0000\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u00g0\"}",
                "{\"a\":\"\\u\uff11\uff11\uff11\uff11\"}",
                "{]",
                "[}",
                "[1 2]",
                "[1,]",
                "[,1]",
                "{\"a\":[}",
                "{\"a\":1 \"b\":2}",
                "// comment\n{}",
                "{}\u0000",
                "\ufeff{}",
                "\u00a0{}"
            })
    void aTextThatIsNotJsonIsRefused(String text) {
        for (String pointer : List.of("/token", "/a", "/0")) {
            assertThatExceptionOfType(JsonReadException.class).isThrownBy(() -> find(pointer, text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "9", "10", "90", "0.05", "9.90", "-1.5E10", "9e0", "0e+09", "1e-90"})
    void everyFormOfANumberIsRead(String number) throws Exception {
        assertThat(shown(find("/n", "{\"n\":" + number + "}"))).isEqualTo("OTHER");
        assertThat(shown(find("/t", "{\"n\":" + number + ",\"t\":\"x\"}"))).isEqualTo("'x'");
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
        String whole = "{\"a\":[1,{\"b\":null}],\"token\":\"x\\\"}\\u0041\",\"c\":{\"d\":[true,false,-1.5e-3]}}";
        assertThat(find("/token", whole).string()).isEqualTo("x\"}A");
        for (int length = 0; length < whole.length(); length++) {
            String cut = whole.substring(0, length);
            assertThatExceptionOfType(JsonReadException.class).as(cut).isThrownBy(() -> find("/token", cut));
        }
    }

    @Test
    void nestingIsLimited() throws Exception {
        String deepest = "{\"token\":\"x\",\"a\":" + "[".repeat(MAX_DEPTH - 1) + "]".repeat(MAX_DEPTH - 1) + "}";
        assertThat(find("/token", deepest).string()).isEqualTo("x");
        for (String open : List.of("[", "{\"token\":", "{\"\":")) {
            String text = open.repeat(100_000);
            assertThatExceptionOfType(JsonReadException.class)
                    .isThrownBy(() -> find("/token", text))
                    .withMessage("nested deeper than 500 levels");
        }
        String side = "{\"a\":[" + "[1],{\"b\":[2]},".repeat(10_000) + "3],\"token\":\"x\"}";
        assertThat(find("/token", side).string()).isEqualTo("x");
    }

    @ParameterizedTest
    @CsvSource({"UTF-8", "ISO-8859-1", "UTF-16", "UTF-32BE", "Shift_JIS"})
    void theTextIsDecodedByItsCharset(String charset) throws Exception {
        Charset encoding = Charset.forName(charset);
        String value = encoding.newEncoder().canEncode('\u00e9') ? "\u00e9" : "\u30e1";
        String text = "{\"pad\":\"" + value.repeat(10_000) + "\",\"t" + value + "ken\":\"" + value + "\"}";

        assertThat(JsonPointer.parse("/t" + value + "ken")
                        .find(text.getBytes(encoding), encoding, MAX_DEPTH, MAX_LENGTH)
                        .string())
                .isEqualTo(value);
    }

    @Test
    void invalidBytesAreRefusedWhereverTheyStand() {
        for (int at : new int[] {2, 8, 5_000}) {
            byte[] text = ("{\"a\":\"" + "x".repeat(10_000) + "\"}").getBytes(UTF_8);
            text[at] = (byte) 0xff;
            assertThatExceptionOfType(JsonReadException.class)
                    .isThrownBy(() -> JsonPointer.parse("/token").find(text, UTF_8, MAX_DEPTH, MAX_LENGTH))
                    .withMessage("not valid UTF-8");
        }
        byte[] cut = "{\"a\":\"x\"} \u00e9".getBytes(UTF_8);
        cut[cut.length - 1] = ' ';
        assertThatExceptionOfType(JsonReadException.class)
                .isThrownBy(() -> JsonPointer.parse("/token").find(cut, UTF_8, MAX_DEPTH, MAX_LENGTH));
    }

    @Test
    void ofALongStringNoMoreIsKeptThanShowsItsLength() throws Exception {
        String text = "{\"token\":\"" + "x".repeat(1_000_000) + "\"}";
        assertThat(find("/token", text).string()).hasSize(MAX_LENGTH + 1);
    }

    /** One mebibyte each, of the kinds that take most memory as a tree or in a parser. */
    static final List<String> LARGE = List.of(
            "{\"t\":[" + ("{\"\":".repeat(480) + "1" + "}".repeat(480) + ",").repeat(430) + "1]}",
            "[" + "1,".repeat(MEBIBYTE / 2) + "1]",
            "[" + "[],".repeat(MEBIBYTE / 3) + "1]",
            "{\"t\":{" + "\"\":1,".repeat(MEBIBYTE / 5) + "\"\":1}}",
            "[" + "\"\",".repeat(MEBIBYTE / 3) + "1]",
            "{" + "\"token\":[],".repeat(MEBIBYTE / 11) + "\"token\":[]}",
            "{" + "\"token\":\"x\",".repeat(MEBIBYTE / 12) + "\"token\":[]}",
            "{\"t\":\"" + "x".repeat(MEBIBYTE) + "\"}",
            "{\"token\":\"" + "\\u0041".repeat(MEBIBYTE / 6) + "\"}",
            "{\"token\":\"" + "\u30e1".repeat(MEBIBYTE / 3) + "\"}",
            "{\"" + "x".repeat(MEBIBYTE) + "\":1}",
            "{\"t\":" + "1".repeat(MEBIBYTE) + "}",
            " ".repeat(MEBIBYTE) + "1");

    @ParameterizedTest
    @FieldSource("LARGE")
    void noTextTakesMemoryByItsSize(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes.length).isBetween(MEBIBYTE * 9 / 10, MEBIBYTE * 11 / 10);
        for (String pointer : List.of("/token", "/token/0")) {
            JsonPointer parsed = JsonPointer.parse(pointer);
            long allocated = AllocatedBytes.by(() -> parsed.find(bytes, UTF_8, MAX_DEPTH, MAX_LENGTH));

            assertThat(allocated).as(pointer).isLessThan(bytes.length / 16);
        }
    }

    @Test
    void aPointerIsShownAsItWasWritten() {
        assertThat(JsonPointer.parse("/sl~1ash/~0"))
                .hasToString("/sl~1ash/~0")
                .extracting(JsonPointer::tokens)
                .isEqualTo(List.of("sl/ash", "~"));
    }

    @Test
    void pointersAreEqualByTheirText() {
        assertThat(JsonPointer.parse("/a/~0"))
                .isEqualTo(JsonPointer.parse("/a/~0"))
                .hasSameHashCodeAs(JsonPointer.parse("/a/~0"))
                .isNotEqualTo(JsonPointer.parse("/a/0"))
                .isNotEqualTo("/a/~0");
        assertThat(JsonPointer.parse("/a").hashCode())
                .isNotEqualTo(JsonPointer.parse("/b").hashCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "", "/a~", "/a~2", "/~a~1"})
    void anInvalidPointerIsRejected(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> JsonPointer.parse(text));
    }
}
