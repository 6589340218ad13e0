package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract, section 4: expressions are resolved as MicroProfile Config does. */
class ExpressionsTest {
    private static final Map<String, String> NAMES = Map.of(
            "a", "A",
            "b", "${a}B",
            "key", "a",
            "nested.A", "deep",
            "empty", "",
            "escaped", "\\${a}",
            "dollar", "5$",
            "unset-inside", "${nowhere}",
            "loop1", "${loop2}",
            "loop2", "x${loop1}");

    private static String expand(String text) {
        return Sources.expand(text, NAMES::get, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | plain",
                "${a} | A",
                "x${a}y${b}z | xAyABz",
                "${b} | AB",
                "${nowhere:fallback} | fallback",
                "${a:fallback} | A",
                "${nowhere:${a}} | A",
                "${nowhere:x${also:y}z} | xyz",
                "${nowhere:http://host:80/} | http://host:80/",
                "${${key}} | A",
                "${nested.${a}} | deep",
                "\\${a} | ${a}",
                "x\\${a}${a} | x${a}A",
                "${escaped} | ${a}",
                "cost: $5 } { | cost: $5 } {",
                "${dollar}{a} | 5${a}"
            })
    void resolvesAsAnImplementationOfMicroProfileConfigDoes(String text, String expected) {
        Map<String, String> properties = new HashMap<>(NAMES);
        properties.put("it", text);
        Config config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();

        assertThat(expand(text)).isEqualTo(expected);
        assertThat(config.getValue("it", String.class)).isEqualTo(expected);
    }

    /** Where MicroProfile Config would take the empty text: an empty value counts as not set, in every source. */
    @Test
    void anEmptyValueGivesWayToTheDefault() {
        assertThat(expand("${empty:fallback}")).isEqualTo("fallback");
    }

    @Test
    void anEmptyDefaultIsAnEmptyValue() {
        assertThat(expand("${nowhere:}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${nowhere} | is not set anywhere and has no default",
                "${empty} | is not set anywhere and has no default",
                "${unset-inside} | is not set anywhere and has no default",
                "${unset-inside:x} | is not set anywhere and has no default",
                "${loop1} | refer to each other",
                "${loop1:x} | refer to each other",
                "${a | without its closing brace",
                "${a:${b} | without its closing brace"
            })
    void whatCannotBeResolvedIsRefused(String text, String why) {
        assertThatThrownBy(() -> expand(text))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e).hasMessageContaining(why));
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(Sources.expand("${a:".repeat(32) + "x" + "}".repeat(32), name -> null, 0))
                .isEqualTo("x");
        for (String open : List.of("${a:", "${")) {
            for (int levels : new int[] {33, 5000}) {
                String deep = open.repeat(levels) + "x" + "}".repeat(levels);
                assertThatThrownBy(() -> Sources.expand(deep, name -> null, 0))
                        .as(open)
                        .isInstanceOf(InvalidValueException.class)
                        .hasMessageContaining("nested too deeply");
            }
        }
    }
}
