package com.playtcha.jakarta.internal.late.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.DeadLetterPage;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of an operator, over store and spool alike (contract, section 7). */
class AdminServiceTest extends AdminFixture {
    private AdminResponse respond(String... arguments) {
        return service.respond(AdminService.parse(arguments));
    }

    private AdminResponse list() {
        return respond("list", "--json");
    }

    private List<Map<String, Object>> objects(AdminResponse response) throws JsonReadException {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (String line : response.out().lines().toList()) {
            objects.add(texts.read(line.getBytes(StandardCharsets.UTF_8)));
        }
        return objects;
    }

    @Test
    void aListHasSpoolAndStore() throws Exception {
        makeDeadLetter("t1", "x");
        spool("t2", "y");
        clock.advance(Duration.ofMinutes(2));

        List<Map<String, Object>> items = objects(list());

        assertThat(items).hasSize(2);
        assertThat(items.get(0))
                .containsEntry("id", "t2")
                .containsEntry("where", "spool")
                .containsEntry("state", "SPOOLED")
                .containsEntry("failures", null);
        assertThat(items.get(1))
                .containsEntry("id", "t1")
                .containsEntry("where", "store")
                .containsEntry("state", "RETRYING")
                .containsEntry("outcome", "COMPLETED")
                .containsEntry("failures", new BigDecimal(1))
                .containsEntry(
                        "created_at",
                        clock.instant().minus(Duration.ofMinutes(2)).toString())
                .containsEntry("last_error", "java.lang.IllegalStateException: mail is down");
    }

    @Test
    void aListTellsThatTheStoreIsLeftOut() throws Exception {
        makeDeadLetter("t1", "x");
        spool("t2", "y");
        database.setDown(true);

        AdminResponse response = list();

        assertThat(response.err()).isEqualTo("The store could not be read, so its items are left out.\n");
        assertThat(objects(response)).hasSize(1);
        database.setDown(false);
        assertThat(list().err()).isEmpty();
    }

    /** As those of a copy of late-dir. */
    @Test
    void aListOfSpooledItemsLeavesNoneOutWhateverTheTimesOfTheirFiles() throws Exception {
        for (int i = 0; i < 3; i++) {
            spool("s" + i, "x");
            Files.setLastModifiedTime(
                    lateDir.spool().resolve(Ids.key("s" + i) + ".json"),
                    FileTime.from(clock.instant().plusSeconds(100 - 10 * i)));
            clock.advance(Duration.ofSeconds(1));
        }
        SpoolDirectory copy = new SpoolDirectory(lateDir.spool(), 100, 1 << 20, texts, clock);
        List<String> ids = new ArrayList<>();
        try (LateEngine other = LateEngineBuilder.of(
                        new TestLateConfig(),
                        JdbcStores.withLeaseClock(database, texts, clock),
                        (result, delivery) -> {},
                        clock,
                        Runnable::run)
                .spool(copy)
                .build()) {
            DeadLetterPage page = other.deadLetters().list(DeadLetterFilter.all(), null, 1);
            for (int pages = 0; pages < 5 && !page.getItems().isEmpty(); pages++) {
                page.getItems().forEach(item -> ids.add(item.getId()));
                page = other.deadLetters()
                        .list(DeadLetterFilter.all(), page.getNextCursor().orElseThrow(), 1);
            }
        }

        assertThat(ids).containsExactlyInAnyOrder("s0", "s1", "s2");
    }

    /** A list of many thousands, page by page, would read each file as often as there are pages. */
    @Test
    void aPageReadsNoSpooledFileOfThoseBefore() throws Exception {
        for (int i = 0; i < 3; i++) {
            spool("s" + i, "x");
            clock.advance(Duration.ofSeconds(1));
        }
        DeadLetterPage first = engine.deadLetters().list(DeadLetterFilter.all(), null, 2);
        assertThat(first.getItems()).extracting(LateItem::getId).containsExactly("s0", "s1");
        // If it were read, it would be renamed.
        Path damaged = lateDir.spool().resolve(Ids.key("s0") + ".json");
        Files.writeString(damaged, "damaged");

        DeadLetterPage second = engine.deadLetters()
                .list(DeadLetterFilter.all(), first.getNextCursor().orElseThrow(), 2);

        assertThat(second.getItems()).extracting(LateItem::getId).containsExactly("s2");
        assertThat(damaged).exists();
    }

    /** A later version may write values that this one does not know. */
    @Test
    void aRowThatCannotBeReadEndsNoList() throws Exception {
        for (int i = 0; i < 4; i++) {
            makeDeadLetter("t" + i, "x");
            clock.advance(Duration.ofSeconds(1));
        }
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE playtcha_late_item SET outcome = 'LATER' WHERE item_id = 't1'");
        }

        AdminResponse page = respond("list", "--json", "--limit", "2");

        assertThat(objects(page)).extracting(item -> item.get("id")).containsExactly("t0", "t2");
        String cursor = page.err().substring(page.err().lastIndexOf(' ')).strip();
        assertThat(objects(respond("list", "--json", "--limit=2", "--cursor", cursor)))
                .extracting(item -> item.get("id"))
                .containsExactly("t3");
    }

    @Test
    void aListHasPages() throws Exception {
        for (int i = 0; i < 5; i++) {
            makeDeadLetter("t" + i, "x");
            clock.advance(Duration.ofSeconds(1));
        }
        spool("s", "x");
        List<Object> ids = new ArrayList<>();
        AdminResponse page = respond("list", "--json", "--limit", "2");
        for (int pages = 1; ; pages++) {
            objects(page).forEach(item -> ids.add(item.get("id")));
            if (page.err().isEmpty()) {
                assertThat(pages).isGreaterThan(2);
                break;
            }
            assertThat(page.err()).startsWith("There may be more: list them with --cursor ");
            String cursor = page.err().substring(page.err().lastIndexOf(' ')).strip();
            page = respond("list", "--json", "--limit=2", "--cursor", cursor);
        }

        assertThat(ids).containsExactly("s", "t0", "t1", "t2", "t3", "t4");
    }

    @Test
    void itemsAreSelectedByAgeAndErrorAndState() throws Exception {
        handler = (result, delivery) -> {
            throw new IllegalStateException(result.getId().equals("old") ? "mail is down" : "disk is full");
        };
        makeDeadLetter("old", "x");
        clock.advance(Duration.ofHours(3));
        makeDeadLetter("new", "x");

        assertThat(objects(respond("list", "--json", "--older-than", "2h")))
                .singleElement()
                .satisfies(item -> assertThat(item).containsEntry("id", "old"));
        assertThat(objects(respond("list", "--json", "--error", "disk is full")))
                .singleElement()
                .satisfies(item -> assertThat(item).containsEntry("id", "new"));
        assertThat(objects(respond("list", "--json", "--state", "retrying"))).hasSize(2);
        assertThat(objects(respond("list", "--json", "--state", "dead-letter"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P200000000000D", "PT2562047788015215H"})
    void anAgeBeyondAnyClockSelectsNothing(String age) throws Exception {
        makeDeadLetter("stored", "x");
        spool("spooled", "x");

        assertThat(objects(respond("list", "--json", "--older-than", age))).isEmpty();
        assertThat(respond("discard", "--all", "--older-than", age).out()).isEqualTo("Discarded: 0 items\n");
    }

    @Test
    void selectedItemsAreRetriedAndDiscardedTogether() throws Exception {
        makeDeadLetter("a", "x");
        makeDeadLetter("b", "x");
        handler = (result, delivery) -> {
            throw new IllegalStateException("disk is full");
        };
        makeDeadLetter("c", "x");

        assertThat(respond("retry", "--all", "--error=disk").out()).isEqualTo("Due now: 1 item\n");
        assertThat(respond("discard", "--all", "--error", "mail is down").out()).isEqualTo("Discarded: 2 items\n");

        assertThat(objects(list()))
                .singleElement()
                .satisfies(item -> assertThat(item).containsEntry("id", "c"));
        assertThat(engine.inbox().find("a").orElseThrow().getState()).isEqualTo(LateState.DISCARDED);
        spool("d", "x");
        assertThat(respond("discard", "--all", "--older-than", "0s").out()).isEqualTo("Discarded: 2 items\n");
        assertThat(objects(list())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "discard --all, needs one of --error",
        "retry t1 --older-than=2h, takes none of --error",
        "retry --all --limit=2, takes none of --cursor",
        "list --limit=0, --limit must be from 1 to 1000",
        "list --limit=x, --limit must be from 1 to 1000",
        "list --older-than=-2h, --older-than must be a time such as",
        "list --older-than=soon, --older-than must be a time such as",
        "list --state=ready, --state must be retrying or dead-letter",
        "list --cursor=x, cursor must be one that a page returned"
    })
    void wrongOptionsAreRefused(String line, String problem) {
        assertThatThrownBy(() -> respond(line.split(" ")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aListCountsDamagedFiles() throws Exception {
        Files.writeString(lateDir.spool().resolve("0".repeat(64) + ".json.damaged"), "{");
        spool("t1", "x");
        clock.advance(Duration.ofSeconds(10));

        AdminResponse response = list();

        assertThat(objects(response)).hasSize(1);
        assertThat(response.err()).isEqualTo("Damaged files in the directory spool of late-dir, named *.damaged: 1.\n");
    }

    @Test
    void aResultIsShownOnDemandOnly() throws Exception {
        makeDeadLetter("t1", "the code");
        spool("t2", "another code");

        assertThat(respond("show", "t1").out())
                .contains("id: t1\n", "failures: 1\n", "mail is down", "result.outcome: COMPLETED\n")
                .doesNotContain("the code");
        assertThat(respond("show", "t1", "--result").out()).contains("result.code: the code\n");
        assertThat(objects(respond("show", "t1", "--result", "--json")))
                .singleElement()
                .satisfies(
                        shown -> assertThat(String.valueOf(shown.get("result"))).contains("code=the code"));
        assertThat(respond("show", "t2").out())
                .contains("state: SPOOLED\n", "the store was down")
                .doesNotContain("another code");
        assertThat(respond("show", "t2", "--result").out()).contains("result.code: another code\n");
        assertThat(respond("list").out()).contains("mail is down").doesNotContain("the code");
        assertThat(list().out()).contains("mail is down").doesNotContain("the code");
    }

    @Test
    void aSpooledFailOpenRecordIsShownWithoutItsToken() {
        Instant now = clock.instant();
        spool.put(
                new Arrival.FailOpen(
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

        assertThat(respond("show", "p1", "--result").out())
                .contains("p1", "SPOOLED")
                .doesNotContain("secret-token", "result.");
        assertThat(respond("list").out()).contains("p1", "SPOOLED").doesNotContain("secret-token");
        assertThat(list().out()).contains("p1", "SPOOLED").doesNotContain("secret-token");
    }

    @Test
    void anItemThatIsNeitherSpooledNorADeadLetterIsNotFound() {
        handler = (result, delivery) -> {};
        makeDeadLetter("t1", "x");

        assertThat(respond("retry", "t1").status()).isEqualTo(1);
        assertThat(respond("show", "t1").err())
                .isEqualTo("There is no dead letter and no spooled item with this id: t1 (it is DELIVERED)\n");
        assertThat(respond("discard", "t1").status()).isEqualTo(1);
        assertThat(respond("retry", "unknown").err())
                .isEqualTo("There is no dead letter and no spooled item with this id: unknown\n");
    }

    @Test
    void aRetriedItemIsDelivered() {
        makeDeadLetter("t1", "x");
        handler = (result, delivery) -> {};

        assertThat(respond("retry", "t1").status()).isZero();
        engine.pollOnce();

        assertThat(engine.inbox().find("t1").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void allAreRetriedInStoreAndSpool() {
        makeDeadLetter("t1", "x");
        makeDeadLetter("t2", "x");
        database.setDown(true);
        engine.inbox().accept("t3", "x");
        engine.pollOnce();
        database.setDown(false);
        handler = (result, delivery) -> {};

        assertThat(respond("retry", "--all").out()).isEqualTo("Due now: 3 items\n");
        engine.pollOnce();

        for (String id : List.of("t1", "t2", "t3")) {
            assertThat(engine.inbox().find(id).orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
        }
    }

    @Test
    void retryAllMakesTensOfThousandsDueAndCountsThem() throws Exception {
        makeDeadLetter("t0", "x");
        String columns = "kind, state, lane, source, tracked, sent, attempts, failures, started_at, due_at, expires_at,"
                + " dead_since, created_at, updated_at, fence, lease_until, outcome, result_digest, result";
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO playtcha_late_item (item_key, item_id, " + columns
                    + ") SELECT LOWER(RAWTOHEX(HASH('SHA256',"
                    + " STRINGTOUTF8('t' || X || CHAR(0))))), 't' || X, "
                    + columns + " FROM playtcha_late_item, SYSTEM_RANGE(1, 12028) WHERE item_id = 't0'");

            assertThat(list().err()).startsWith("There may be more: list them with --cursor store-");
            assertThat(respond("retry", "--all").out()).isEqualTo("Due now: 12029 items\n");

            try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM playtcha_late_item WHERE due_at > "
                    + clock.instant().toEpochMilli())) {
                row.next();
                assertThat(row.getInt(1)).isZero();
            }
        }
    }

    @Test
    void aDiscardedItemIsGone() {
        makeDeadLetter("t1", "x");
        spool("t2", "y");

        assertThat(respond("discard", "t1").status()).isZero();
        assertThat(respond("discard", "t2").status()).isZero();

        assertThat(engine.deadLetters().list(10)).isEmpty();
        assertThat(respond("discard", "t1").err())
                .isEqualTo("There is no dead letter and no spooled item with this id: t1 (it is DISCARDED)\n");
    }

    @Test
    void aStoreThatIsDownIsReported() {
        makeDeadLetter("t1", "x");
        database.setDown(true);

        assertThat(respond("show", "t1").status()).isEqualTo(3);
        assertThat(respond("retry", "t1").status()).isEqualTo(3);
        AdminResponse discarded = respond("discard", "t1");
        assertThat(discarded.status()).isZero();
        assertThat(discarded.err())
                .isEqualTo(
                        "The store is not reached from here: the discard is kept in late-dir, and applied when the application reaches the"
                                + " store; until then another node may still call the handler.\n");
    }

    @Test
    void hostileTextIsPrintedEscapedAndItsIdCanBePassedBack() throws Exception {
        handler = (result, delivery) -> {
            throw new IllegalStateException(HOSTILE);
        };
        makeDeadLetter(HOSTILE, HOSTILE);

        AdminResponse listed = list();
        String printed = String.valueOf(objects(listed).get(0).get("id"));
        String shown = respond("show", printed, "--result").out()
                + respond("show", printed, "--result", "--json").out();

        assertThat(listed.out() + respond("list").out() + shown).matches("[ -~\n]*");
        assertThat(printed).doesNotContain(" ").startsWith("\\u001b[31mred");
        assertThat(AsciiText.decode(printed)).isEqualTo(HOSTILE);
        assertThat(respond("discard", printed).status()).isZero();
    }
}
