package com.playtcha.jakarta.internal.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Problems and warnings as they are found; one sentence each, equal ones once. */
final class Report {
    private final List<Sentence> problems = new ArrayList<>();
    private final List<Sentence> warnings = new ArrayList<>();
    private final Set<String> secrets = new LinkedHashSet<>();

    void problem(ProblemCode code, Sentence sentence) {
        problems.add(mask -> code.id() + ": " + sentence.with(mask));
    }

    void warning(ProblemCode code, Sentence sentence) {
        warnings.add(mask -> code.id() + ": " + sentence.with(mask));
    }

    /** A text that must not be shown, wherever it turns up. */
    void secret(String secret) {
        secrets.add(secret);
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

    private void addHarmless(Collection<Sentence> sentences, Report other) {
        warnings.addAll(sentences);
        secrets.addAll(other.secrets);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    List<String> problems() {
        return List.copyOf(texts(problems));
    }

    List<String> warnings() {
        Set<String> only = texts(warnings);
        only.removeAll(texts(problems));
        return List.copyOf(only);
    }

    /** Hides every secret that is known by now. */
    Mask mask() {
        return new Mask(secrets);
    }

    private Set<String> texts(List<Sentence> sentences) {
        Mask mask = mask();
        Set<String> texts = new LinkedHashSet<>();
        sentences.forEach(sentence -> texts.add(sentence.with(mask)));
        return texts;
    }
}
