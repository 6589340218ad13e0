package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Contract, section 2, row NO_TOKEN. */
class PresentedTokenTest {

    static Stream<Arguments> readings() {
        return Stream.of(
                Arguments.of(List.of(), Reason.TOKEN_ABSENT),
                Arguments.of(List.of(""), Reason.TOKEN_ABSENT),
                Arguments.of(List.of("  \t"), Reason.TOKEN_ABSENT),
                Arguments.of(List.of("", "a"), null),
                Arguments.of(List.of("a", "a"), null),
                Arguments.of(List.of("a", "b"), Reason.TOKEN_AMBIGUOUS),
                Arguments.of(List.of("!~0Az._-"), null),
                Arguments.of(List.of("x".repeat(10)), null),
                Arguments.of(List.of("x".repeat(11)), Reason.TOKEN_TOO_LONG),
                Arguments.of(List.of("a b"), Reason.TOKEN_MALFORMED),
                Arguments.of(List.of(" a"), Reason.TOKEN_MALFORMED),
                Arguments.of(List.of("a\n"), Reason.TOKEN_MALFORMED),
                Arguments.of(List.of("a\u0000"), Reason.TOKEN_MALFORMED),
                Arguments.of(List.of("a\u007f"), Reason.TOKEN_MALFORMED),
                Arguments.of(List.of("to\u00e9"), Reason.TOKEN_MALFORMED),
                Arguments.of(List.of("\uD83D\uDE00"), Reason.TOKEN_MALFORMED));
    }

    @ParameterizedTest
    @MethodSource("readings")
    void readsVisibleAsciiOnlyAndOneValueOnly(List<String> values, Reason none) {
        PresentedToken reading = PresentedToken.of(values, 10);

        if (none == null) {
            String token = values.get(values.size() - 1);
            assertThat(reading.value()).isEqualTo(token);
        } else {
            assertThat(reading).isEqualTo(PresentedToken.missing(none));
        }
    }

    @Test
    void lookupsAreEqualByTokenAndProblem() {
        PresentedToken absent = PresentedToken.missing(Reason.TOKEN_ABSENT);
        PresentedToken token = PresentedToken.of(List.of("a"), 10);

        assertThat(absent.searchedIn("header x")).isEqualTo(absent).hasSameHashCodeAs(absent);
        assertThat(PresentedToken.of(List.of("a", "a"), 10)).isEqualTo(token).hasSameHashCodeAs(token);
        assertThat(absent).isNotEqualTo(PresentedToken.missing(Reason.TOKEN_TOO_LONG));
        assertThat(token)
                .isNotEqualTo(PresentedToken.of(List.of("b"), 10))
                .isNotEqualTo(absent)
                .isNotEqualTo("a");
        assertThat(token.toString()).isEqualTo("PresentedToken");
        assertThat(absent).hasToString("PresentedToken[TOKEN_ABSENT]");
    }
}
