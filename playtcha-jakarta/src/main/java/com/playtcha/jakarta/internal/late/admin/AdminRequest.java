package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request of an operator.
 *
 * @param id null for {@code list} and {@code retry-all}
 * @param limit of a list
 * @param withResult whether {@code show} includes the result
 */
record AdminRequest(Command command, @Nullable String id, int limit, boolean withResult) {
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

        static @Nullable Command of(String word) {
            for (Command command : values()) {
                if (command.word().equals(word)) {
                    return command;
                }
            }
            return null;
        }
    }

    static AdminRequest list(int limit) {
        return new AdminRequest(Command.LIST, null, limit, false);
    }

    static AdminRequest of(Command command, String id) {
        return new AdminRequest(command, id, 0, false);
    }

    /** Returns the members of a request file; the request expires when its client has stopped waiting. */
    Map<String, @Nullable Object> members(Instant until) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_request", FORMAT);
        members.put("command", command.word());
        members.put("id", id == null ? null : AsciiText.encode(id));
        members.put("limit", limit);
        members.put("with_result", withResult);
        members.put("until", until.toEpochMilli());
        return members;
    }

    /** Reads what {@link #members} writes. */
    static AdminRequest read(Map<String, @Nullable Object> members) throws JsonReadException {
        if (ResultText.number(members, "playtcha_request") != FORMAT) {
            throw new JsonReadException("another version of this library wrote it");
        }
        Command command = Command.of(ResultText.required(members, "command"));
        if (command == null) {
            throw new JsonReadException("its command is unknown");
        }
        long limit = ResultText.number(members, "limit");
        if (limit < 0 || limit > MAX_LIMIT) {
            throw new JsonReadException("its limit is out of range");
        }
        try {
            String id = command.needsId() ? AsciiText.decode(ResultText.required(members, "id")) : null;
            return new AdminRequest(command, id, (int) limit, Boolean.TRUE.equals(members.get("with_result")));
        } catch (IllegalArgumentException e) {
            throw new JsonReadException("its id is malformed");
        }
    }
}
