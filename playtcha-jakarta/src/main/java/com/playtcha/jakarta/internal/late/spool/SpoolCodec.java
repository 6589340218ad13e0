package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Spool entries as JSON, one object a file. */
final class SpoolCodec {
    private static final int FORMAT = 1;

    private final ResultText texts;

    SpoolCodec(ResultText texts) {
        this.texts = texts;
    }

    byte[] write(SpoolEntry entry) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_spool", FORMAT);
        members.put("id", AsciiText.encode(entry.id()));
        members.put("kind", entry.kind().name());
        members.put("created_at", entry.createdAt().toEpochMilli());
        members.put("error", AsciiText.encode(entry.error()));
        LateResult result = entry.result();
        FailOpenRecord failOpen = entry.failOpen();
        if (result != null) {
            members.put("result", ResultText.members(result));
        } else if (failOpen != null) {
            members.put("fail_open", members(failOpen));
        } else {
            members.put("discarded", 1);
        }
        return (texts.write(members) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static Map<String, @Nullable Object> members(FailOpenRecord failOpen) {
        NewItem item = failOpen.item();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("source", AsciiText.encode(item.source()));
        members.put("token", item.token());
        members.put("sent", item.sent() ? 1 : 0);
        members.put("started_at", item.startedAt().toEpochMilli());
        members.put("due_at", item.dueAt().toEpochMilli());
        members.put("expires_at", item.expiresAt().toEpochMilli());
        members.put("grant", failOpen.grant());
        members.put("granted_until", failOpen.grantedUntil().toEpochMilli());
        return members;
    }

    SpoolEntry read(byte[] bytes) throws JsonReadException {
        Map<String, @Nullable Object> members = texts.read(bytes);
        if (ResultText.number(members, "playtcha_spool") != FORMAT) {
            throw new JsonReadException("another version of this library wrote it");
        }
        try {
            String id = AsciiText.decode(ResultText.required(members, "id"));
            Map<String, @Nullable Object> result = ResultText.object(members, "result");
            Map<String, @Nullable Object> failOpen = ResultText.object(members, "fail_open");
            if (!Ids.isValid(id) || (result == null && failOpen == null && members.get("discarded") == null)) {
                throw new JsonReadException("it has no valid id, or none of result, fail_open and discarded");
            }
            Instant createdAt = ResultText.instant(members, "created_at");
            return new SpoolEntry(
                    id,
                    LateKind.valueOf(ResultText.required(members, "kind")),
                    result == null ? null : ResultText.result(result),
                    failOpen == null ? null : failOpen(id, failOpen),
                    AsciiText.decode(ResultText.required(members, "error")),
                    createdAt,
                    0,
                    createdAt,
                    null);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JsonReadException("a member has a value that this library does not write");
        }
    }

    private static FailOpenRecord failOpen(String id, Map<String, @Nullable Object> members) throws JsonReadException {
        NewItem item = new NewItem(
                id,
                LateKind.LATE_VERDICT,
                AsciiText.decode(ResultText.required(members, "source")),
                ResultText.required(members, "token"),
                ResultText.number(members, "sent") != 0,
                ResultText.instant(members, "started_at"),
                ResultText.instant(members, "due_at"),
                ResultText.instant(members, "expires_at"));
        return new FailOpenRecord(
                item, ResultText.required(members, "grant"), ResultText.instant(members, "granted_until"));
    }
}
