package com.playtcha.jakarta.internal.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One row of the settings table: a key with its default, its parser, what is allowed and what it means. */
final class Setting<T> {
    private final String key;
    private final @Nullable String defaultText;
    private final Parser<T> parser;
    private final String allowed;
    private final String meaning;
    private Set<Scope> scopes = EnumSet.allOf(Scope.class);
    private UnaryOperator<String> redaction = UnaryOperator.identity();
    private boolean raw;
    private boolean inherited = true;

    /** Where a key may be set. */
    enum Scope {
        /** An {@code init-param} of a declared filter. */
        INIT_PARAM,
        /** {@code playtcha.guards.<name>.<key>}. */
        GUARD,
        /** {@code playtcha.<key>}. */
        APPLICATION
    }

    /** Parses the text of a value. */
    interface Parser<T> {
        T parse(String text) throws InvalidValueException;
    }

    Setting(String key, @Nullable String defaultText, Parser<T> parser, String allowed, String meaning) {
        this.key = key;
        this.defaultText = defaultText;
        this.parser = parser;
        this.allowed = allowed;
        this.meaning = meaning;
    }

    static Setting<Boolean> bool(String key, String defaultText, String meaning) {
        return new Setting<>(
                key, defaultText, Parsers::bool, "`true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`", meaning);
    }

    static Setting<Integer> number(String key, String defaultText, int least, int most, String meaning) {
        return new Setting<>(
                key, defaultText, Parsers.number(least, most), "a whole number from " + least + " to " + most, meaning);
    }

    static Setting<Duration> duration(
            String key, String defaultText, Duration least, Duration most, String range, String meaning) {
        return new Setting<>(
                key,
                defaultText,
                Parsers.duration(least, most),
                "a duration with a unit, such as `PT30S`, `30s`, `500ms`, `5m` or `1h`, " + range,
                meaning);
    }

    /** A setting that {@code off} switches off. */
    static <T> Setting<Optional<T>> optional(
            String key, @Nullable String defaultText, Parser<T> parser, String allowed, String meaning) {
        return new Setting<>(
                key,
                defaultText,
                text -> Parsers.isOff(text) ? Optional.empty() : Optional.of(parser.parse(text)),
                allowed + ", or `off`",
                meaning);
    }

    /** Sets what an error text or log line may show of a value. */
    Setting<T> shownAs(UnaryOperator<String> shown) {
        this.redaction = shown;
        return this;
    }

    Setting<T> onlyAt(Scope first, Scope... more) {
        this.scopes = EnumSet.of(first, more);
        return this;
    }

    /** Values are neither trimmed nor searched for expressions. */
    Setting<T> takenRaw() {
        this.raw = true;
        return this;
    }

    /** A guard or filter does not take the value of the level above. */
    Setting<T> notInherited() {
        this.inherited = false;
        return this;
    }

    String key() {
        return key;
    }

    @Nullable
    String defaultText() {
        return defaultText;
    }

    Parser<T> parser() {
        return parser;
    }

    /** In Markdown, as a noun phrase. */
    String allowed() {
        return allowed;
    }

    /** In Markdown. */
    String meaning() {
        return meaning;
    }

    Set<Scope> scopes() {
        return scopes;
    }

    boolean isRaw() {
        return raw;
    }

    boolean isInherited() {
        return inherited;
    }

    String redacted(String text) {
        return redaction.apply(text);
    }

    T defaultValue() {
        try {
            return parser.parse(String.valueOf(defaultText));
        } catch (InvalidValueException e) {
            throw new IllegalStateException("The default of " + key + " is invalid: " + e.getMessage(), e);
        }
    }

    String allowedPlain() {
        return allowed.replace("`", "");
    }

    /** The end of a sentence about a value that is missing or set in the wrong place. */
    String howToSet() {
        String property = Sources.PREFIX + key;
        return "set " + (scopes.contains(Scope.INIT_PARAM) ? "init-param " + key + " of a filter, " : "")
                + "context-param " + property + ", " + property
                + " in MicroProfile Config or as a system property, or environment variable "
                + Sources.environmentName(property);
    }

    @Override
    public String toString() {
        return key;
    }
}
