package com.playtcha.jakarta.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    private final StrictJson json = new StrictJson();

    @Test
    void readsEveryKindOfValue() throws Exception {
        Map<String, Object> expected = new HashMap<>();
        expected.put("s", "a\"b\\c\u00e9}");
        expected.put("n", new BigDecimal("99999999999.5e3"));
        expected.put("t", true);
        expected.put("f", false);
        expected.put("z", null);
        expected.put("l", Arrays.asList(new BigDecimal(1), null, List.of(), Map.of("k", "v")));
        expected.put("o", Map.of("a", Map.of()));

        assertThat(read(" {\"s\":\"a\\\"b\\\\c\\u00e9}\",\"n\":99999999999.5e3,\"t\":true,\"f\":false,\"z\":null,"
                        + "\"l\":[1,null,[],{\"k\":\"v\"}],\"o\":{\"a\":{}}}\r\n\t "))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "true",
                "1",
                "\"success\"",
                "[{\"success\":true}]",
                "{\"success\":true}garbage",
                "{\"success\":true}{}",
                "{\"success\":true},",
                "{\"success\":true,\"success\":true}",
                "{\"a\":{\"x\":1,\"x\":2}}",
                "{\"a\":1,\"\\u0061\":2}",
                "{success:true}",
                "{'success':true}",
                "{\"success\":True}",
                "{\"success\":true,}",
                "{\"success\" true}",
                "{\"success\":tru}",
                "{\"a\":01}",
                "{\"a\":1e}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{]",
                "{\"a\":[}",
                "// comment\n{\"success\":true}",
                "{\"success\":true}\u0000",
                "\ufeff{\"success\":true}"
            })
    void refusesAnythingButOneObject(String text) {
        assertThatExceptionOfType(JsonReadException.class).isThrownBy(() -> read(text));
    }

    @Test
    void refusesEveryTruncationWithoutHanging() throws Exception {
        String whole = "{\"success\":true,\"degraded\":false,\"unknown\":{\"a\":[1,{\"b\":null}],\"c\":\"x\\\"}\"}}";
        assertThat(read(whole)).containsEntry("success", true);
        for (int length = 0; length < whole.length(); length++) {
            String cut = whole.substring(0, length);
            assertThatExceptionOfType(JsonReadException.class).as(cut).isThrownBy(() -> read(cut));
        }
    }

    @Test
    void refusesWhatIsNestedTooDeep() throws Exception {
        assertThat(read("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}")).containsKey("a");
        for (int levels : new int[] {32, 10_000, 500_000}) {
            String deep = "{\"a\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
            assertThatExceptionOfType(JsonReadException.class)
                    .isThrownBy(() -> read(deep))
                    .withMessageContaining("32");
        }
    }

    @Test
    void refusesInvalidUtf8() {
        byte[] bytes = "{\"a\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        bytes[6] = (byte) 0xff;

        assertThatExceptionOfType(JsonReadException.class)
                .isThrownBy(() -> json.readObject(bytes, StandardCharsets.UTF_8, 32))
                .withMessage("not valid UTF-8");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_101, 100_000})
    void numbersOfAnyLengthAreDecimals(int digits) throws Exception {
        BigDecimal cut = new BigDecimal("1".repeat(1_000)).scaleByPowerOfTen(digits - 1_000);

        assertThat(read("{\"n\":" + "1".repeat(digits) + ",\"t\":\"x\"}"))
                .containsEntry("n", cut)
                .containsEntry("t", "x");
        assertThat(read("{\"n\":" + "1".repeat(digits) + "e-7}")).containsEntry("n", cut.scaleByPowerOfTen(-7));
        assertThat(read("{\"n\":-0." + "3".repeat(digits) + "}"))
                .containsEntry("n", new BigDecimal("-0." + "3".repeat(Math.min(997, digits))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "1E-99999999999", "-1e2147483649"})
    void refusesAnExponentOutOfRange(String number) {
        assertThatExceptionOfType(JsonReadException.class)
                .isThrownBy(() -> read("{\"n\":" + number + "}"))
                .withMessage("a number is out of range");
    }

    @Test
    void everyListAndMapIsUnmodifiable() throws Exception {
        Map<String, Object> root = read("{\"o\":{\"a\":1},\"l\":[{}]}");

        assertThat(root).isUnmodifiable();
        assertThat((Map<?, ?>) root.get("o")).isUnmodifiable();
        assertThat((List<?>) root.get("l")).isUnmodifiable();
        assertThat((Map<?, ?>) ((List<?>) root.get("l")).get(0)).isUnmodifiable();
    }

    /** Whatever the network sends, nothing but the documented exception comes out: others are bugs, and deny with 500. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void changedTextsAreReadOrRefused(long seed) {
        Random random = new Random(seed);
        byte[] whole = "{\"success\":true,\"n\":[1.5e3,-0,{\"b\":null}],\"c\":\"\\u00e9x\\\"}\",\"d\":{}}"
                .getBytes(StandardCharsets.UTF_8);
        String alphabet = "{}[]\",:\\eEtfn01.-+ \u0000\u00ff";
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = whole.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            try {
                assertThat(json.readObject(changed, StandardCharsets.UTF_8, 32)).isNotNull();
            } catch (JsonReadException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void neverQuotesTheText() {
        assertThatExceptionOfType(JsonReadException.class)
                .isThrownBy(() -> read("{\"a\":s3cret}"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void writesAnObjectWithEscapes() throws Exception {
        try (JsonWriter writer = new JsonWriter()) {
            String text = writer.write(Map.of("a", "\"\\\n\u2028</script>"));

            assertThat(read(text)).isEqualTo(Map.of("a", "\"\\\n\u2028</script>"));
            assertThat(writer.write(Collections.singletonMap("none", null))).isEqualTo("{\"none\":null}");
        }
    }

    @Test
    void writesStringsAsTheyAreReadAgain() throws Exception {
        StringBuilder every = new StringBuilder();
        for (char c = 0; c < 0x250; c++) {
            every.append(c);
        }
        assertThat(JsonWriter.writeStrings("secret", "s s", "token", "t"))
                .isEqualTo("{\"secret\":\"s s\",\"token\":\"t\"}");
        String text = JsonWriter.writeStrings("a", every.toString(), "b \"\\", "", "c", "\u2028\ud83d\ude00");

        assertThat(read(text))
                .isEqualTo(Map.of("a", every.toString(), "b \"\\", "", "c", "\u2028\ud83d\ude00"))
                .containsOnlyKeys("a", "b \"\\", "c");
    }

    @Test
    void writesATreeAsTheEngineDoes() throws Exception {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("z", "\"\n");
        members.put("n", new BigDecimal("1.50"));
        members.put("none", null);
        members.put("l", List.of(true, Map.of("k", "v")));
        try (JsonWriter writer = new JsonWriter()) {
            assertThat(writer.writeTree(members))
                    .isEqualTo("{\"z\":\"\\\"\\n\",\"n\":1.50,\"none\":null,\"l\":[true,{\"k\":\"v\"}]}")
                    .isEqualTo(writer.write(members));
        }
    }

    private Map<String, Object> read(String text) throws JsonReadException {
        return json.readObject(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8, 32);
    }
}
