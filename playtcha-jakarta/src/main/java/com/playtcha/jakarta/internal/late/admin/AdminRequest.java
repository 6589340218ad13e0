package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request of an operator.
 *
 * @param id "" for {@code list} and {@code retry-all}
 * @param limit of a list
 * @param json whether the response is JSON, one object a line
 * @param withResult whether {@code show} includes the result
 */
record AdminRequest(Command command, String id, int limit, boolean json, boolean withResult) {
    static final int MAX_LIMIT = 1000;
    private static final int FORMAT = 1;

    enum Command {
        LIST,
        SHOW,
        RETRY,
        RETRY_ALL,
        DISCARD;

        boolean needsId() {
            return this == SHOW || this == RETRY || this == DISCARD;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Optional<Command> of(String word) {
            return Stream.of(values())
                    .filter(command -> command.word().equals(word))
                    .findFirst();
        }
    }

    /** Returns the members of a request file; the request expires when its client has stopped waiting. */
    Map<String, @Nullable Object> members(Instant until) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_request", FORMAT);
        members.put("command", command.word());
        members.put("id", AsciiText.encode(id));
        members.put("limit", limit);
        members.put("json", json);
        members.put("with_result", withResult);
        members.put("until", until.toEpochMilli());
        return members;
    }

    /** Reads what {@link #members} writes. */
    static AdminRequest read(Map<String, @Nullable Object> members) throws JsonReadException {
        if (ResultText.number(members, "playtcha_request") != FORMAT) {
            throw new JsonReadException("another version of this library wrote it");
        }
        Command command = Command.of(ResultText.required(members, "command"))
                .orElseThrow(() -> new JsonReadException("its command is unknown"));
        long limit = ResultText.number(members, "limit");
        if (limit < 0 || limit > MAX_LIMIT) {
            throw new JsonReadException("its limit is out of range");
        }
        try {
            return new AdminRequest(
                    command,
                    command.needsId() ? AsciiText.decode(ResultText.required(members, "id")) : "",
                    (int) limit,
                    Boolean.TRUE.equals(members.get("json")),
                    Boolean.TRUE.equals(members.get("with_result")));
        } catch (IllegalArgumentException e) {
            throw new JsonReadException("its id is malformed");
        }
    }
}
