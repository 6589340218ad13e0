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
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Letters as JSON. */
final class SpoolCodec {
    private static final int FORMAT = 1;

    private final ResultText texts;

    SpoolCodec(ResultText texts) {
        this.texts = texts;
    }

    byte[] write(SpoolEntry letter) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_letter", FORMAT);
        members.put("created_at", letter.createdAt().toEpochMilli());
        members.put("due_at", letter.dueAt().toEpochMilli());
        members.put("attempts", letter.attempts());
        members.put("last_error", AsciiText.encode(letter.lastError()));
        LateResult result = letter.result();
        if (result != null) {
            members.put("result", ResultText.members(result));
        }
        FailOpenRecord pass = letter.pass();
        if (pass != null) {
            members.put("pass", members(pass));
        }
        return (texts.write(members) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static Map<String, @Nullable Object> members(FailOpenRecord pass) {
        NewItem item = pass.item();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", AsciiText.encode(item.id()));
        members.put("source", AsciiText.encode(item.source()));
        members.put("token", item.token());
        members.put("sent", item.sent() ? 1 : 0);
        members.put("started_at", item.startedAt().toEpochMilli());
        members.put("due_at", item.dueAt().toEpochMilli());
        members.put("expires_at", item.expiresAt().toEpochMilli());
        members.put("grant", pass.grant());
        members.put("granted_until", pass.grantedUntil().toEpochMilli());
        return members;
    }

    /** Reads what {@link #write} wrote, or what a person edited within its form. */
    SpoolEntry read(String name, byte[] bytes) throws JsonReadException {
        Map<String, @Nullable Object> members = texts.read(bytes);
        if (ResultText.number(members, "playtcha_letter") != FORMAT) {
            throw new JsonReadException("another version of this library wrote it");
        }
        Map<String, @Nullable Object> result = object(members, "result");
        Map<String, @Nullable Object> pass = object(members, "pass");
        if ((result == null) == (pass == null)) {
            throw new JsonReadException("it holds neither a result nor a pass, or both");
        }
        try {
            SpoolEntry letter = new SpoolEntry(
                    name,
                    result == null ? null : ResultText.result(result),
                    pass == null ? null : pass(pass),
                    Math.toIntExact(ResultText.number(members, "attempts")),
                    AsciiText.decode(ResultText.required(members, "last_error")),
                    ResultText.instant(members, "created_at"),
                    ResultText.instant(members, "due_at"));
            if (!Ids.isValid(letter.id())) {
                throw new JsonReadException("its id cannot be one");
            }
            return letter;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JsonReadException("a member has a value that this library does not write");
        }
    }

    private static FailOpenRecord pass(Map<String, @Nullable Object> members) throws JsonReadException {
        NewItem item = new NewItem(
                AsciiText.decode(ResultText.required(members, "id")),
                LateKind.LATE_VERDICT,
                AsciiText.decode(ResultText.required(members, "source")),
                ResultText.required(members, "token"),
                ResultText.number(members, "sent") != 0,
                ResultText.instant(members, "started_at"),
                ResultText.instant(members, "due_at"),
                ResultText.instant(members, "expires_at"));
        String grant = ResultText.required(members, "grant");
        if (!grant.matches("[0-9a-f]{64}")) {
            throw new JsonReadException("its grant is no digest");
        }
        return new FailOpenRecord(item, grant, ResultText.instant(members, "granted_until"));
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Map<String, @Nullable Object> object(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }
}
