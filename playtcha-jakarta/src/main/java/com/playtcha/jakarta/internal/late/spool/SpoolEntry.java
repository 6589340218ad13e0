package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.AsciiText;
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
 * One file of the spool, a JSON object: a result, a fail-open record, or the fact that an operator discarded the item.
 *
 * @param error why the store did not take it
 * @param attempts how often the store has failed to take it since this process started
 * @param dueAt when the store is tried next
 * @param version tells a file from one that has replaced it
 */
public record SpoolEntry(
        Arrival content, String error, Instant createdAt, int attempts, Instant dueAt, SpooledFile version) {
    /**
     * Members that a reader may ignore are added without another number, so that nodes of two versions work on one spool. A
     * file with a larger number stays in place for the version that wrote it.
     */
    private static final int FORMAT = 1;

    /** Thrown for a file that a newer version of this library wrote. */
    static final class NewerFormatException extends JsonReadException {
        private static final long serialVersionUID = 1L;

        NewerFormatException() {
            super("a newer version of this library wrote it");
        }
    }

    public String id() {
        return content.id();
    }

    /** Returns the time by which the spool lists its entries, which a file has that was not read yet. */
    public Instant listedBy() {
        return version.createdAt;
    }

    /** Returns null unless it is a result. */
    public @Nullable LateResult result() {
        return content instanceof Arrival.Result result ? result.result() : null;
    }

    public boolean isDiscarded() {
        return content instanceof Arrival.Discard;
    }

    /** Returns the item as an operator sees it: its handler has not been called. */
    public LateItem item() {
        LateResult result = result();
        LateState state = isDiscarded() ? LateState.DISCARDED : result == null ? LateState.AWAITING : LateState.READY;
        return LateItem.of(id(), content.kind(), state)
                .outcome(result == null ? null : result.getOutcome())
                .attempts(result == null ? 0 : result.getAttempts())
                .dueAt(dueAt)
                .expiresAt(state == LateState.AWAITING ? content.item().expiresAt() : dueAt)
                .lastError(error)
                .createdAt(createdAt)
                .updatedAt(createdAt)
                .spooled(true)
                .build();
    }

    static byte[] write(Arrival content, String error, Instant createdAt, ResultText texts) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_spool", FORMAT);
        members.put("id", AsciiText.encode(content.id()));
        members.put("kind", content.kind().name());
        members.put("created_at", createdAt.toEpochMilli());
        members.put("error", AsciiText.encode(error));
        if (content instanceof Arrival.Result result) {
            members.put("result", ResultText.members(result.result()));
        } else if (content instanceof Arrival.FailOpen failOpen) {
            members.put("fail_open", members(failOpen));
        } else if (content instanceof Arrival.Discard discard) {
            members.put("discarded_until", discard.purgeAt().toEpochMilli());
        }
        return (texts.write(members) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static Map<String, @Nullable Object> members(Arrival.FailOpen failOpen) {
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
        long format = ResultText.number(members, "playtcha_spool");
        if (format > FORMAT) {
            throw new NewerFormatException();
        } else if (format != FORMAT) {
            throw new JsonReadException("its member playtcha_spool is " + format);
        }
        Arrival content = content(members);
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

    private static Arrival content(Map<String, @Nullable Object> members) throws JsonReadException {
        Map<String, @Nullable Object> result = ResultText.object(members, "result");
        if (result != null) {
            return new Arrival.Result(ResultText.result(result));
        }
        String id = ResultText.text(members, "id");
        Map<String, @Nullable Object> failOpen = ResultText.object(members, "fail_open");
        if (failOpen == null) {
            LateKind kind = LateKind.valueOf(ResultText.required(members, "kind"));
            return new Arrival.Discard(id, kind, ResultText.instant(members, "discarded_until"));
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
        return new Arrival.FailOpen(
                item, ResultText.text(failOpen, "grant"), ResultText.instant(failOpen, "granted_until"));
    }
}
