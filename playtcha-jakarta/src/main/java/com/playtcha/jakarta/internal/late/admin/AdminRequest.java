package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.util.Arguments;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.LogText;
import java.util.Set;

/**
 * One request of an operator.
 *
 * @param command list, show, retry, retry --all or discard
 * @param id "" for {@code list} and {@code retry --all}
 * @param json whether the response is JSON, one object a line
 * @param withResult whether {@code show} includes the result
 */
record AdminRequest(String command, String id, boolean json, boolean withResult) {
    private static final Set<String> FLAGS = Set.of("--json", "--result", "--all", "--help");

    /** Parses the arguments of the command, which is also what a request file contains. */
    static Arguments parse(String... arguments) {
        return Arguments.parse(FLAGS, Set.of("--late-dir"), arguments);
    }

    static AdminRequest of(Arguments line) {
        String word = line.words().isEmpty() ? "" : line.words().get(0);
        if (!Set.of("list", "show", "retry", "discard").contains(word)) {
            throw new UsageException("The command must be list, show, retry or discard"
                    + (word.isEmpty() ? "" : ", not " + LogText.clean(word)));
        }
        boolean all = word.equals("retry") && line.has("--all");
        boolean needsId = !all && !word.equals("list");
        if (line.words().size() != (needsId ? 2 : 1)) {
            throw new UsageException(
                    word + (needsId ? " takes exactly one id, in quotes where it has blanks" : " takes no id"));
        }
        try {
            String id = needsId ? AsciiText.decode(line.words().get(1)) : "";
            return new AdminRequest(all ? "retry --all" : word, id, line.has("--json"), line.has("--result"));
        } catch (IllegalArgumentException e) {
            throw new UsageException("The id is not as it is printed: a backslash is written \\u005c");
        }
    }
}
