package com.playtcha.jakarta.internal.late.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store and the spool keep of results, ids and errors, which any node of an adjacent version reads too. */
class ResultTextTest {
    private static final Instant STARTED = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final Instant RESOLVED = Instant.ofEpochMilli(1_700_000_060_456L);

    private final ResultText texts = new ResultText(new StrictJson(), new JsonWriter());

    private static String everyCharacterAndALoneSurrogate() {
        StringBuilder text = new StringBuilder();
        for (char c = 0; c < 0x180; c++) {
            text.append(c);
        }
        return text.append("\u2028\ud83d\ude00\ud800 \\u0041\\").toString();
    }

    @Test
    void aResultIsReadAsItWasWritten() throws Exception {
        String hard = everyCharacterAndALoneSurrogate();
        Map<String, Object> envelope =
                Map.of("code", "token_expired", "message", "n\u00e9", "n", new BigDecimal("1.5"));
        LateResult written = LateResult.of("id " + hard, LateKind.LATE_VERDICT, LateOutcome.EXPIRED, RESOLVED)
                .startedAt(STARTED)
                .attempts(7)
                .code(hard)
                .failure("failed: " + hard)
                .error(new UpstreamError(410, envelope))
                .fields(Map.of("degraded", true, "nested", List.of(Map.of("k", "v"))))
                .build();
        String text = texts.write(written);
        LateResult read = texts.readResult(text);

        assertThat(text).as("on one line, in printable ASCII").matches("[ -~]+");
        assertThat(read.getId()).isEqualTo(written.getId());
        assertThat(read.getKind()).isEqualTo(LateKind.LATE_VERDICT);
        assertThat(read.getOutcome()).isEqualTo(LateOutcome.EXPIRED);
        assertThat(read.getStartedAt()).isEqualTo(STARTED);
        assertThat(read.getResolvedAt()).isEqualTo(RESOLVED);
        assertThat(read.getAttempts()).isEqualTo(7);
        assertThat(read.getCode()).isEqualTo(hard);
        assertThat(read.getFailure()).isEqualTo("failed: " + hard);
        assertThat(read.getError().getStatus()).isEqualTo(410);
        assertThat(read.getError().getFields()).isEqualTo(envelope);
        assertThat(read.getFields()).isEqualTo(written.getFields());
        assertThat(ResultText.digest(read)).isEqualTo(ResultText.digest(written));
    }

    @Test
    void whatAResultDoesNotHaveIsReadAsAbsent() throws Exception {
        LateResult read =
                texts.readResult(texts.write(LateResult.of("id", LateKind.TASK, LateOutcome.COMPLETED, RESOLVED)
                        .startedAt(STARTED)
                        .build()));

        assertThat(read.getCode()).isNull();
        assertThat(read.getFailure()).isNull();
        assertThat(read.getError()).isNull();
        assertThat(read.getFields()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "id, 1",
        "kind, '\"OTHER\"'",
        "outcome, null",
        "started_at, '\"soon\"'",
        "resolved_at, 1.5",
        "attempts, null",
        "code, 7",
        "code, '\"\\\\uD8\"'"
    })
    void anotherValueThanThisLibraryWritesIsRefused(String member, String value) {
        String text = texts.write(LateResult.of("id", LateKind.TASK, LateOutcome.COMPLETED, RESOLVED)
                .startedAt(STARTED)
                .code("c")
                .build());
        String changed = text.replaceFirst(
                "\"" + member + "\":(\"[^\"]*\"|[0-9]+)", "\"" + member + "\":" + value.replace("\\", "\\\\"));

        assertThat(changed).isNotEqualTo(text);
        assertThatExceptionOfType(JsonReadException.class).isThrownBy(() -> texts.readResult(changed));
    }

    @Test
    void aDigestTellsOutcomeCodeAndFailureApart() {
        List<String> digests = new ArrayList<>();
        for (LateOutcome outcome : List.of(LateOutcome.COMPLETED, LateOutcome.FAILED)) {
            for (String code : new String[] {null, "a", "ab", "\ud800", "\ud801"}) {
                for (String failure : new String[] {null, "a", "b"}) {
                    digests.add(ResultText.digest(LateResult.of("id", LateKind.TASK, outcome, RESOLVED)
                            .code(code)
                            .failure(failure)
                            .build()));
                }
            }
        }
        assertThat(digests).doesNotHaveDuplicates();
        assertThat(Ids.digest("a", "b")).isNotEqualTo(Ids.digest("ab")).isNotEqualTo(Ids.digest("ab", ""));
        assertThat(Ids.key("\ud800")).isNotEqualTo(Ids.key("?")).isNotEqualTo(Ids.key("\ud801"));
        assertThat(Ids.key("a"))
                .as("of every version")
                .isEqualTo("ffe9aaeaa2a2d5048174df0b80599ef0197ec024c4b051bc9860cff58ef7f9f3");
    }

    @Test
    void membersThatAreNoObjectsAreNone() {
        Map<String, Object> members = new HashMap<>(Map.of("o", Map.of("k", "v"), "s", "text"));

        assertThat(ResultText.object(members, "o")).containsEntry("k", "v");
        assertThat(ResultText.object(members, "s")).isNull();
        assertThat(ResultText.object(members, "absent")).isNull();
    }

    @Test
    void onlyWhatIsNotPrintableAsciiIsEscaped() {
        assertThat(AsciiText.encode(" az09~\"")).isEqualTo(" az09~\"");
        assertThat(AsciiText.encode("\u001f\u007f\\\u00e9")).isEqualTo("\\u001f\\u007f\\u005c\\u00e9");
        assertThat(AsciiText.encodeJson("{\"a\\n\":\"~\u007f\u00e9\"}")).isEqualTo("{\"a\\n\":\"~\\u007f\\u00e9\"}");
        String hard = everyCharacterAndALoneSurrogate();
        assertThat(AsciiText.encode(hard)).matches("[ -~]+");
        assertThat(AsciiText.decode(AsciiText.encode(hard))).isEqualTo(hard);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\", "\\u", "\\u00e", "\\x0041", "a\\n"})
    void anEscapeThatThisLibraryDoesNotWriteIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> AsciiText.decode(text));
    }

    @Test
    void theTextOfAnErrorIsCutToItsColumn() {
        String longest = "x".repeat(AsciiText.MAX_ERROR);

        assertThat(AsciiText.bounded(longest)).isEqualTo(longest);
        assertThat(AsciiText.bounded(longest + "y")).isEqualTo(longest);
    }

    @Test
    void anIdHasOneToTwoHundredCharactersAndIsNotBlank() {
        for (String id : List.of("a", " a ", "\u00e9".repeat(200), "\ud800")) {
            assertThat(Ids.isValid(id)).isTrue();
            Ids.requireValid(id);
        }
        for (String id : List.of("", " ", "\t\n", "x".repeat(201))) {
            assertThat(Ids.isValid(id)).isFalse();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Ids.requireValid(id))
                    .withMessageContaining("this one has " + id.length());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TASK, AWAITING, TASK_POLL, POLL",
        "LATE_VERDICT, AWAITING, VERDICT_POLL, ASK",
        "TASK, READY, DELIVER, DELIVER",
        "TASK, RETRYING, RETRY, RETRY",
        "TASK, DEAD_LETTER, DEAD, DEAD",
        "TASK, DELIVERED, DONE, DONE",
        "TASK, EXPIRED, DONE, DONE",
        "LATE_VERDICT, DISCARDED, DONE, DONE"
    })
    void eachStateHasItsQueueAndItsNameInTheTables(LateKind kind, LateState state, WorkQueue queue, String code) {
        assertThat(WorkQueue.of(kind, state)).isEqualTo(queue);
        assertThat(queue.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "VERIFIED, true",
        "REJECTED, true",
        "COMPLETED, true",
        "FAILED, true",
        "UNCONFIRMED, false",
        "EXPIRED, false"
    })
    void anOutcomeIsConclusiveUnlessTheTimeDecided(LateOutcome outcome, boolean conclusive) {
        assertThat(LateStore.isConclusive(outcome)).isEqualTo(conclusive);
    }
}
