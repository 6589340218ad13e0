package com.playtcha.jakarta.internal.late.spool;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.time.Instant;

/** Any file of the spool is an entry that can be shown and written again, or is damaged. */
class SpoolFuzzTest extends FuzzTarget {
    private static final String BEGIN =
            "{\"playtcha_spool\":1,\"id\":\"t1\",\"kind\":\"LATE_VERDICT\",\"created_at\":1774745990000,"
                    + "\"error\":\"the store was \\\\u000adown\",";

    private final JsonWriter writer = new JsonWriter();
    private final ResultText texts = new ResultText(new StrictJson(), writer);

    SpoolFuzzTest() {
        super(
                64 * 1024,
                400,
                BEGIN
                        + "\"result\":{\"id\":\"t1\",\"kind\":\"TASK\",\"outcome\":\"COMPLETED\",\"code\":\"x\",\"failure\":null,"
                        + "\"error_status\":401,\"error\":{\"code\":\"token_invalid\"},\"fields\":{\"a\":[1,true]},"
                        + "\"started_at\":1774745990000,\"resolved_at\":1774745990000,\"attempts\":3}}\n",
                BEGIN + "\"fail_open\":{\"source\":\"s\",\"token\":\"tok-1\",\"sent\":1,\"started_at\":1774745990000,"
                        + "\"due_at\":1774745990000,\"expires_at\":1774745990000,\"grant\":\"g\",\"granted_until\":0}}\n",
                BEGIN + "\"discarded_until\":1774745990000}\n");
    }

    private SpoolEntry entry(byte[] text) throws JsonReadException {
        SpooledFile file = new SpooledFile(Ids.key("t1"), false, text.length, Instant.EPOCH);
        return texts.read(text, members -> SpoolEntry.read(members, file));
    }

    @Override
    protected void read(byte[] input) throws Exception {
        SpoolEntry entry;
        try {
            entry = entry(input);
        } catch (JsonReadException damaged) {
            return;
        }
        assertThat(entry.item().getId()).isEqualTo("t1");
        byte[] written = SpoolEntry.write(entry.content(), entry.error(), entry.createdAt(), texts);
        assertThat(entry(written).item().getState()).isEqualTo(entry.item().getState());
    }

    @Override
    public void close() {
        writer.close();
    }
}
