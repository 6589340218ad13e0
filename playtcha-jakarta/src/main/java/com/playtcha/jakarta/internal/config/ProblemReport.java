package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems and warnings, one sentence each, equal ones once. Not thread-safe. */
final class ProblemReport {
    private final Redaction redaction;
    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> rows = new LinkedHashSet<>();

    ProblemReport(Redaction redaction) {
        this.redaction = redaction;
    }

    Redaction redaction() {
        return redaction;
    }

    void problem(ProblemCode code, String sentence) {
        problems.add(code.id() + ": " + sentence);
    }

    void warning(ProblemCode code, String sentence) {
        warnings.add(code.id() + ": " + sentence);
    }

    void invalid(Setting<?> setting, ConfigValue value, InvalidValueException reason) {
        invalid(ProblemCode.INVALID_VALUE, setting, value, String.valueOf(reason.getMessage()));
    }

    void invalid(ProblemCode code, Setting<?> setting, ConfigValue value, String reason) {
        problem(code, describe(setting, value) + ": " + reason + "; allowed is " + setting.allowedPlain() + ".");
    }

    void missing(Setting<?> setting, String what, String user) {
        problem(
                ProblemCode.REQUIRED,
                what + ", and " + user + " needs it; " + setting.howToSet() + "; allowed is " + setting.allowedPlain()
                        + ".");
    }

    /** Such as {@code timeout = "5" from context-param playtcha.timeout}. */
    String describe(Setting<?> setting, ConfigValue value) {
        return setting.key + " = " + redaction.quote(setting, String.valueOf(value.text())) + " from " + value.origin();
    }

    /** Adds everything of another report, its problems as warnings unless they count as problems. */
    void addAll(ProblemReport other, boolean problemsCount) {
        (problemsCount ? problems : warnings).addAll(other.problems);
        warnings.addAll(other.warnings);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    void throwIfProblems() {
        if (hasProblems()) {
            throw new PlaytchaConfigurationException(problems());
        }
    }

    /** Adds a row of the explanation: a key, its effective value, and its source. */
    void row(String key, String value, String source) {
        rows.add(String.format("%-22s %-34s %s", key, value, source));
    }

    List<String> rows() {
        return printable(rows);
    }

    List<String> problems() {
        return printable(problems);
    }

    List<String> warnings() {
        return printable(warnings);
    }

    private List<String> printable(Set<String> sentences) {
        return sentences.stream().map(redaction::printable).toList();
    }
}
