package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Collects problems and warnings, one sentence each, equal ones once. Not thread-safe. */
final class ProblemReport {
    private final Redaction redaction;
    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> rows = new LinkedHashSet<>();

    /** The kinds of problems and warnings. The number of a kind that is gone is not used again. */
    enum Code {
        REQUIRED(1),
        UNKNOWN_KEY(2),
        MISPLACED_KEY(3),
        UNDECLARED_GUARD(4),
        FILTER_NAME_TAKEN(6),
        INVALID_VALUE(7),
        PLAIN_HTTP(12),
        SECRET_TWICE(22),
        CONNECT_TIMEOUT(23),
        SOURCE_FAILED(25),
        OVERRIDDEN(30),
        UNKNOWN_SYSTEM_PROPERTY(31),
        MICROPROFILE_UNUSABLE(32),
        SECRET_EXPRESSION(33),
        SWITCHED_OFF(35),
        LATE_OFF(47),
        NO_LATE_DIR(48),
        OPEN_CALLBACK(49),
        HTTP_CLIENT(52);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        /** Such as {@code PLAYTCHA-0007}. */
        String id() {
            return String.format(Locale.ROOT, "PLAYTCHA-%04d", number);
        }
    }

    ProblemReport(Redaction redaction) {
        this.redaction = redaction;
    }

    Redaction redaction() {
        return redaction;
    }

    void problem(Code code, String sentence) {
        problems.add(code.id() + ": " + sentence);
    }

    void warning(Code code, String sentence) {
        warnings.add(code.id() + ": " + sentence);
    }

    void invalid(Code code, Setting<?> setting, ConfigValue value, String reason) {
        problem(code, describe(setting, value) + ": " + reason + "; allowed is " + setting.allowedPlain() + ".");
    }

    void missing(Setting<?> setting, String what, String user) {
        problem(
                Code.REQUIRED,
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
