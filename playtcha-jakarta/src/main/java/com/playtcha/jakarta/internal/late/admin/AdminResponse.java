package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command prints, and its exit status. It is safe to print, whatever the items contain.
 *
 * @param out for the standard output, "" or whole lines
 * @param err for the standard error, "" or whole lines
 */
public record AdminResponse(int status, String out, String err) {
    static final int WRONG = 2;
    static final int UNREACHABLE = 3;

    static AdminResponse done(String out, String err) {
        return new AdminResponse(0, out, err);
    }

    /** Of a request that means nothing, such as one with a cursor that no list returned. */
    static AdminResponse wrong(String message) {
        return new AdminResponse(WRONG, "", message + "\n");
    }

    static AdminResponse unreachable(String message) {
        return new AdminResponse(UNREACHABLE, "", message + "\n");
    }

    /** Returns the members of a response file. */
    Map<String, Object> members() {
        return Map.of("status", status, "out", out, "err", err);
    }

    /** Reads what {@link #members} returns. */
    static AdminResponse read(Map<String, @Nullable Object> members) throws JsonReadException {
        return new AdminResponse(
                (int) ResultText.number(members, "status"),
                ResultText.required(members, "out"),
                ResultText.required(members, "err"));
    }
}
