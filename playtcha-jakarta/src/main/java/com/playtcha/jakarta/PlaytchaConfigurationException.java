package com.playtcha.jakarta;

import java.util.List;

/**
 * Settings that cannot be used. One exception lists every problem: the key, the offending value (never a secret), where
 * it came from and what is allowed (contract, section 4).
 *
 * @since 0.1
 */
public class PlaytchaConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * Lists the problems.
     *
     * @param problems one clear sentence each; at least one
     */
    public PlaytchaConfigurationException(List<String> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * Every problem, a sentence each.
     *
     * @return unmodifiable; empty after deserialization, when only the message is left
     */
    public List<String> getProblems() {
        return problems == null ? List.of() : problems;
    }

    private static String text(List<String> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return "Playtcha cannot guard this application: " + count + " in its settings:\n - "
                + String.join("\n - ", problems);
    }
}
