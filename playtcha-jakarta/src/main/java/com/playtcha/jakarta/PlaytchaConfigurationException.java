package com.playtcha.jakarta;

import java.util.List;

/**
 * Thrown when the settings are invalid. One exception lists every problem: the key, the invalid value (never a secret),
 * its source, and what is allowed.
 *
 * @since 0.1
 */
public class PlaytchaConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * Creates an exception with the given problems.
     *
     * @param problems at least one problem, one sentence each
     */
    public PlaytchaConfigurationException(List<String> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * Returns every problem, one sentence each.
     *
     * @return an unmodifiable list; empty after deserialization, which keeps only the message
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
