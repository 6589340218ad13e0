package com.playtcha.jakarta.internal.late.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operator can do, over store and directory alike (contract, section 7). */
class AdminServiceTest extends AdminFixture {

    private Map<String, Object> answer(AdminRequest.Command command, String id) {
        return operator.respond(AdminRequest.of(command, id));
    }

    @Test
    void aListHasDirectoryAndStore() {
        die("t1", "x");
        leave("t2", "y");
        clock.advance(Duration.ofMinutes(2));

        List<Map<String, Object>> items = AdminResponse.objects(operator.respond(AdminRequest.list(10)), "items");

        assertThat(items).hasSize(2);
        assertThat(items.get(0))
                .containsEntry("id", "t2")
                .containsEntry("where", "spool")
                .containsEntry("state", "SPOOLED")
                .containsEntry("failures", null);
        assertThat(items.get(1))
                .containsEntry("id", "t1")
                .containsEntry("where", "store")
                .containsEntry("state", "DEAD_LETTER")
                .containsEntry("outcome", "COMPLETED")
                .containsEntry("failures", 1)
                .containsEntry("age_seconds", 120L)
                .containsEntry("last_error", "java.lang.IllegalStateException: mail is down");
    }

    @Test
    void aListSaysThatThereAreMore() {
        die("t1", "x");
        die("t2", "x");

        assertThat(operator.respond(AdminRequest.list(2))).containsEntry("more", false);
        assertThat(operator.respond(AdminRequest.list(1))).containsEntry("more", true);
    }

    @Test
    void aListSaysThatTheStoreIsLeftOut() {
        die("t1", "x");
        leave("t2", "y");
        database.setDown(true);

        Map<String, Object> answer = operator.respond(AdminRequest.list(10));

        assertThat(answer).containsEntry("store_unread", true);
        assertThat(AdminResponse.objects(answer, "items")).hasSize(1);
        database.setDown(false);
        assertThat(operator.respond(AdminRequest.list(10))).containsEntry("store_unread", false);
    }

    @Test
    void aListCountsDamagedFiles() throws Exception {
        Files.writeString(folder.spool().resolve("0".repeat(64) + ".json.damaged"), "{");
        leave("t1", "x");
        clock.advance(Duration.ofSeconds(10));

        Map<String, Object> answer = operator.respond(AdminRequest.list(10));

        assertThat(AdminResponse.objects(answer, "items")).hasSize(1);
        assertThat(answer).containsEntry("damaged", 1);
    }

    @Test
    void whatWasDeliveredIsShownOnDemandOnly() {
        die("t1", "the code");

        assertThat(String.valueOf(answer(AdminRequest.Command.SHOW, "t1")))
                .contains("mail is down")
                .doesNotContain("the code");
        assertThat(String.valueOf(operator.respond(new AdminRequest(AdminRequest.Command.SHOW, "t1", 0, true))))
                .contains("code=the code");
    }

    @Test
    void aPassThatWaitsInTheDirectoryIsShownWithoutItsToken() {
        Instant now = clock.instant();
        spool.put(
                new FailOpenRecord(
                        new NewItem(
                                "p1",
                                LateKind.LATE_VERDICT,
                                "default",
                                "secret-token",
                                true,
                                now,
                                now,
                                now.plusSeconds(300)),
                        "0".repeat(64),
                        now.plusSeconds(300)),
                "the store was down");

        Map<String, Object> shown = operator.respond(new AdminRequest(AdminRequest.Command.SHOW, "p1", 0, true));

        assertThat(shown).containsEntry("status", "done").containsEntry("result", null);
        assertThat(String.valueOf(shown)).contains("SPOOLED").doesNotContain("secret-token");
    }

    @Test
    void whatIsKnownButNoDeadLetterIsSaidToBeNone() {
        handler = (result, delivery) -> {};
        die("t1", "x");

        assertThat(answer(AdminRequest.Command.SHOW, "t1"))
                .containsEntry("status", "none")
                .containsEntry(
                        "message", "There is no dead letter and no spooled item with this id: t1 (it is DELIVERED)");
        assertThat(answer(AdminRequest.Command.DISCARD, "t1")).containsEntry("status", "none");
        assertThat(answer(AdminRequest.Command.RETRY, "unknown"))
                .containsEntry("status", "none")
                .containsEntry("message", "There is no dead letter and no spooled item with this id: unknown");
    }

    @Test
    void whatIsRetriedIsHandedOver() {
        die("t1", "x");
        handler = (result, delivery) -> {};

        assertThat(answer(AdminRequest.Command.RETRY, "t1")).containsEntry("status", "done");
        engine.pollOnce();

        assertThat(engine.inbox().find("t1").orElseThrow().state()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void allAreRetriedInStoreAndDirectory() {
        die("t1", "x");
        die("t2", "x");
        database.setDown(true);
        engine.inbox().accept("t3", "x");
        engine.pollOnce();
        database.setDown(false);
        handler = (result, delivery) -> {};

        assertThat(operator.respond(new AdminRequest(AdminRequest.Command.RETRY_ALL, null, 0, false)))
                .containsEntry("message", "Due now: 3 items");
        engine.pollOnce();

        for (String id : List.of("t1", "t2", "t3")) {
            assertThat(engine.inbox().find(id).orElseThrow().state()).isEqualTo(LateState.DELIVERED);
        }
    }

    @Test
    void retryAllMakesTensOfThousandsDueAndCountsThem() throws Exception {
        die("t0", "x");
        String columns = "kind, state, lane, source, tracked, sent, attempts, failures, started_at, due_at, expires_at,"
                + " dead_since, created_at, updated_at, fence, lease_until, outcome, result_digest, result";
        try (Connection connection = h2.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO playtcha_late_item (item_key, item_id, " + columns + ") SELECT 'k' || X, 't' || X, "
                            + columns + " FROM playtcha_late_item, SYSTEM_RANGE(1, 12028) WHERE item_id = 't0'");

            assertThat(operator.respond(new AdminRequest(AdminRequest.Command.RETRY_ALL, null, 0, false)))
                    .containsEntry("message", "Due now: 12029 items");

            try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM playtcha_late_item WHERE due_at > "
                    + clock.instant().toEpochMilli())) {
                row.next();
                assertThat(row.getInt(1)).isZero();
            }
        }
        assertThat(operator.respond(new AdminRequest(AdminRequest.Command.RETRY_ALL, null, 0, false)))
                .containsEntry("message", "Due now: 0 items");
    }

    @Test
    void whatIsDiscardedIsGone() {
        die("t1", "x");
        leave("t2", "y");

        assertThat(answer(AdminRequest.Command.DISCARD, "t1")).containsEntry("status", "done");
        assertThat(answer(AdminRequest.Command.DISCARD, "t2")).containsEntry("status", "done");

        assertThat(engine.deadLetters().list(10)).isEmpty();
        assertThat(answer(AdminRequest.Command.DISCARD, "t1"))
                .containsEntry(
                        "message", "There is no dead letter and no spooled item with this id: t1 (it is DISCARDED)");
    }

    @Test
    void aStoreThatIsDownIsSaid() {
        die("t1", "x");
        database.setDown(true);

        assertThat(answer(AdminRequest.Command.SHOW, "t1")).containsEntry("status", "unreachable");
        assertThat(answer(AdminRequest.Command.RETRY, "t1")).containsEntry("status", "unreachable");
        assertThat(answer(AdminRequest.Command.DISCARD, "t1")).containsEntry("status", "unreachable");
    }

    @Test
    void hostileTextIsPrintedEscapedAndItsIdIsUnderstood() {
        handler = (result, delivery) -> {
            throw new IllegalStateException(HOSTILE);
        };
        die(HOSTILE, HOSTILE);

        Map<String, Object> listed = AdminResponse.objects(operator.respond(AdminRequest.list(10)), "items")
                .get(0);
        Map<String, Object> shown = operator.respond(new AdminRequest(AdminRequest.Command.SHOW, HOSTILE, 0, true));

        assertThat(String.valueOf(listed) + shown).matches("[ -~]*");
        String printed = String.valueOf(listed.get("id"));
        assertThat(printed).doesNotContain(" ").startsWith("\\u001b[31mred");
        assertThat(TerminalText.parseId(printed)).isEqualTo(HOSTILE);
        assertThat(answer(AdminRequest.Command.DISCARD, TerminalText.parseId(printed)))
                .containsEntry("status", "done");
    }
}
