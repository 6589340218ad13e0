package com.playtcha.jakarta.internal.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One row of the settings table: a key with its default, its parser and what is allowed. docs/settings.md says what it means. */
final class Setting<T> {
    final String key;
    final @Nullable String defaultText;
    final Parser<T> parser;
    /** A noun phrase in Markdown. */
    String allowed = "";

    Set<Scope> scopes = EnumSet.allOf(Scope.class);
    /** Values are neither trimmed nor searched for expressions. */
    boolean raw;
    /** A guard or filter takes the value of the level above. */
    boolean inherited = true;

    private UnaryOperator<String> redaction = UnaryOperator.identity();

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

    Setting(String key, @Nullable String defaultText, Parser<T> parser) {
        this.key = key;
        this.defaultText = defaultText;
        this.parser = parser;
    }

    static Setting<Boolean> bool(String key, String defaultText) {
        return new Setting<>(key, defaultText, Parsers::bool)
                .allows("`true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`");
    }

    static Setting<Integer> number(String key, String defaultText, int least, int most) {
        return new Setting<>(key, defaultText, Parsers.number(least, most))
                .allows("a whole number from " + least + " to " + most);
    }

    static Setting<Duration> duration(String key, String defaultText, Duration least, Duration most) {
        return new Setting<>(key, defaultText, Parsers.duration(least, most))
                .allows("a duration with a unit, such as `PT30S`, `30s`, `500ms`, `5m` or `1h`, from `" + least
                        + "` to `" + most + "`");
    }

    /** A setting that {@code off} switches off. */
    static <T> Setting<Optional<T>> optional(String key, @Nullable String defaultText, Parser<T> parser) {
        return new Setting<>(
                key, defaultText, text -> Parsers.isOff(text) ? Optional.empty() : Optional.of(parser.parse(text)));
    }

    Setting<T> allows(String nounPhrase) {
        this.allowed = nounPhrase;
        return this;
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

    Setting<T> takenRaw() {
        this.raw = true;
        return this;
    }

    Setting<T> notInherited() {
        this.inherited = false;
        return this;
    }

    String key() {
        return key;
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
