package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Incoming;
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
 * One file of the spool, a JSON object: a result, a fail-open record, or the fact that an operator discarded the item.
 *
 * @param error why the store did not take it
 * @param attempts how often the store has failed to take it since this process started
 * @param dueAt when the store is tried next
 * @param version tells a file from one that has replaced it
 */
public record SpoolEntry(
        Incoming content, String error, Instant createdAt, int attempts, Instant dueAt, Object version) {
    private static final int FORMAT = 1;

    public String id() {
        return content.id();
    }

    /** Returns null unless it is a result. */
    public @Nullable LateResult result() {
        return content instanceof Incoming.Result result ? result.result() : null;
    }

    public boolean isDiscarded() {
        return content instanceof Incoming.Discard;
    }

    /** Returns the item as an operator sees it: its handler has not been called. */
    public LateItem item() {
        LateResult result = result();
        LateState state = isDiscarded() ? LateState.DISCARDED : result == null ? LateState.AWAITING : LateState.READY;
        return new LateItem(
                id(),
                content.kind(),
                state,
                result == null ? null : result.getOutcome(),
                true,
                result == null ? 0 : result.getAttempts(),
                0,
                dueAt,
                state == LateState.AWAITING ? content.item().expiresAt() : dueAt,
                error,
                createdAt,
                createdAt,
                true);
    }

    static byte[] write(Incoming content, String error, Instant createdAt, ResultText texts) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_spool", FORMAT);
        members.put("id", AsciiText.encode(content.id()));
        members.put("kind", content.kind().name());
        members.put("created_at", createdAt.toEpochMilli());
        members.put("error", AsciiText.encode(error));
        if (content instanceof Incoming.Result result) {
            members.put("result", ResultText.members(result.result()));
        } else if (content instanceof Incoming.FailOpen failOpen) {
            members.put("fail_open", members(failOpen));
        } else if (content instanceof Incoming.Discard discard) {
            members.put("discarded_until", discard.forgetAt().toEpochMilli());
        }
        return (texts.write(members) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static Map<String, @Nullable Object> members(Incoming.FailOpen failOpen) {
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
    static SpoolEntry read(Map<String, @Nullable Object> members, SpooledFile file) throws JsonReadException {
        if (ResultText.number(members, "playtcha_spool") != FORMAT) {
            throw new JsonReadException("another version of this library wrote it");
        }
        Incoming content = content(members);
        if (!Ids.isValid(content.id()) || !Ids.key(content.id()).equals(file.key)) {
            throw new JsonReadException("its name is not the digest of its id");
        }
        Instant createdAt = ResultText.instant(members, "created_at");
        return new SpoolEntry(
                content,
                file.error == null ? ResultText.text(members, "error") : file.error,
                createdAt,
                file.attempts,
                file.dueAt.isBefore(createdAt) ? createdAt : file.dueAt,
                file);
    }

    private static Incoming content(Map<String, @Nullable Object> members) throws JsonReadException {
        Map<String, @Nullable Object> result = ResultText.object(members, "result");
        if (result != null) {
            return new Incoming.Result(ResultText.result(result));
        }
        String id = ResultText.text(members, "id");
        Map<String, @Nullable Object> failOpen = ResultText.object(members, "fail_open");
        if (failOpen == null) {
            LateKind kind = LateKind.valueOf(ResultText.required(members, "kind"));
            return new Incoming.Discard(id, kind, ResultText.instant(members, "discarded_until"));
        }
        NewItem item = new NewItem(
                id,
                LateKind.LATE_VERDICT,
                ResultText.text(failOpen, "source"),
                ResultText.required(failOpen, "token"),
                ResultText.number(failOpen, "sent") != 0,
                ResultText.instant(failOpen, "started_at"),
                ResultText.instant(failOpen, "due_at"),
                ResultText.instant(failOpen, "expires_at"));
        return new Incoming.FailOpen(
                item, ResultText.text(failOpen, "grant"), ResultText.instant(failOpen, "granted_until"));
    }
}
