package com.playtcha.jakarta.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Problems and warnings as they are found; one sentence each, equal ones once. */
final class Report {
    /** A shorter secret is likelier to be part of an ordinary word than to be quoted. */
    private static final int SHORTEST_MASKED = 8;

    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> secrets = new LinkedHashSet<>();

    void problem(ProblemCode code, String sentence) {
        problems.add(code.id() + ": " + sentence);
    }

    void warning(ProblemCode code, String sentence) {
        warnings.add(code.id() + ": " + sentence);
    }

    /** A text that must not be shown, wherever it turns up: people put a secret under the wrong key. */
    void secret(String secret) {
        if (secret.length() >= SHORTEST_MASKED) {
            secrets.add(secret);
        }
    }

    void add(Report other) {
        problems.addAll(other.problems);
        addHarmless(other.warnings, other);
    }

    /** Adds another's problems as warnings only. */
    void addAsWarnings(Report other) {
        addHarmless(other.problems, other);
        addHarmless(other.warnings, other);
    }

    private void addHarmless(Set<String> sentences, Report other) {
        warnings.addAll(sentences);
        secrets.addAll(other.secrets);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    List<String> problems() {
        return masked(problems);
    }

    List<String> warnings() {
        Set<String> only = new LinkedHashSet<>(warnings);
        only.removeAll(problems);
        return masked(only);
    }

    private List<String> masked(Set<String> sentences) {
        List<String> out = new ArrayList<>();
        for (String sentence : sentences) {
            String masked = sentence;
            for (String secret : secrets) {
                masked = masked.replace(secret, "***").replace(Texts.plain(secret), "***");
            }
            out.add(masked);
        }
        return List.copyOf(out);
    }
}
