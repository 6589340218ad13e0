package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file of the spool, a JSON object: a result, a fail-open record, or, with neither, the fact that an operator discarded
 * the item.
 *
 * @param error why the store did not take it
 * @param attempts how often the store has failed to take it since this process started
 * @param dueAt when the store is tried next
 * @param version tells a file from one that has replaced it
 */
public record SpoolEntry(
        String id,
        LateKind kind,
        @Nullable LateResult result,
        @Nullable FailOpenRecord failOpen,
        String error,
        Instant createdAt,
        int attempts,
        Instant dueAt,
        @Nullable Object version) {
    private static final int FORMAT = 1;

    static SpoolEntry of(LateResult result, String error, Instant now) {
        return new SpoolEntry(result.getId(), result.getKind(), result, null, error, now, 0, now, null);
    }

    static SpoolEntry of(FailOpenRecord failOpen, String error, Instant now) {
        return new SpoolEntry(failOpen.item().id(), failOpen.item().kind(), null, failOpen, error, now, 0, now, null);
    }

    static SpoolEntry discarded(String id, LateKind kind, Instant now) {
        return new SpoolEntry(id, kind, null, null, "An operator discarded the item", now, 0, now, null);
    }

    public boolean isDiscarded() {
        return result == null && failOpen == null;
    }

    /** Returns the item as an operator sees it: its handler has not been called. */
    public LateItem item() {
        LateState state = isDiscarded() ? LateState.DISCARDED : result == null ? LateState.AWAITING : LateState.READY;
        return new LateItem(
                id,
                kind,
                state,
                result == null ? null : result.getOutcome(),
                true,
                result == null ? 0 : result.getAttempts(),
                0,
                dueAt,
                failOpen == null ? dueAt : failOpen.item().expiresAt(),
                error,
                createdAt,
                createdAt,
                true);
    }

    byte[] write(ResultText texts) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_spool", FORMAT);
        members.put("id", AsciiText.encode(id));
        members.put("kind", kind.name());
        members.put("created_at", createdAt.toEpochMilli());
        members.put("error", AsciiText.encode(error));
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

    /** Reads what {@link #write} wrote, with the state of its file that is kept in memory. */
    static SpoolEntry read(byte[] bytes, ResultText texts, SpoolDirectory.SpooledFile file) throws JsonReadException {
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
                    file.error == null ? AsciiText.decode(ResultText.required(members, "error")) : file.error,
                    createdAt,
                    file.attempts,
                    file.dueAt.isBefore(createdAt) ? createdAt : file.dueAt,
                    file);
        } catch (IllegalArgumentException e) {
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
