package com.playtcha.jakarta.internal.config;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One row of the settings table: all there is to know about a key.
 *
 * @param key as the init-param is named
 * @param code of the problem that a bad value is
 * @param defaultText the default, in the form the parser reads; null where there is none
 * @param allowed what a value may be, as a noun phrase
 * @param meaning for README, in Markdown
 * @param parser from text to value
 * @param shown how a value may stand in an error text or log line
 * @param places where the key may stand
 * @param raw whether a value is taken as it is written: not trimmed, no expressions
 * @param inherited whether a guard or filter takes the value of the level above
 */
record Setting<T>(
        String key,
        ProblemCode code,
        @Nullable String defaultText,
        String allowed,
        String meaning,
        Parser<T> parser,
        UnaryOperator<String> shown,
        Set<Place> places,
        boolean raw,
        boolean inherited) {
    /** Each setting is one constant. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Where a key may stand. */
    enum Place {
        /** An {@code init-param} of a declared filter. */
        INIT_PARAM,
        /** {@code playtcha.guards.<name>.<key>}. */
        GUARD,
        /** {@code playtcha.<key>}. */
        GLOBAL
    }

    /** Reads a value. */
    interface Parser<T> {
        T parse(String text) throws Refused;
    }

    /** A setting that may stand anywhere and is shown as it is. */
    static <T> Setting<T> of(
            String key,
            ProblemCode code,
            @Nullable String defaultText,
            Parser<T> parser,
            String allowed,
            String meaning) {
        return new Setting<>(
                key,
                code,
                defaultText,
                allowed,
                meaning,
                parser,
                UnaryOperator.identity(),
                EnumSet.allOf(Place.class),
                false,
                true);
    }

    Setting<T> shownAs(UnaryOperator<String> redaction) {
        return new Setting<>(key, code, defaultText, allowed, meaning, parser, redaction, places, raw, inherited);
    }

    Setting<T> onlyAt(Place first, Place... more) {
        return new Setting<>(
                key, code, defaultText, allowed, meaning, parser, shown, EnumSet.of(first, more), raw, inherited);
    }

    Setting<T> takenRaw() {
        return new Setting<>(key, code, defaultText, allowed, meaning, parser, shown, places, true, inherited);
    }

    Setting<T> notInherited() {
        return new Setting<>(key, code, defaultText, allowed, meaning, parser, shown, places, raw, false);
    }

    /** The default as a value. Only for settings that have one. */
    T defaultValue() {
        if (defaultText == null) {
            throw new IllegalStateException(key + " has no default");
        }
        try {
            return parser.parse(defaultText);
        } catch (Refused e) {
            throw new IllegalStateException("The default of " + key + " is refused: " + e.reason(), e);
        }
    }

    /** A given value for an error text: quoted and never a secret. */
    String quoted(String text, Mask mask) {
        // Masked first: what is redacted or cut afterwards is no longer a whole secret.
        String showable = shown.apply(mask.hidden(text));
        return showable.equals(Texts.HIDDEN) ? showable : Texts.quoted(showable);
    }

    /** One sentence about a value that cannot be used. */
    Sentence refusal(String text, Origin origin, Refused refused) {
        return refusal(text, origin, mask -> refused.reason(part -> quoted(part, mask)));
    }

    /** One sentence about a value that cannot be used. */
    Sentence refusal(String text, Origin origin, Sentence reason) {
        return mask -> key + " = " + quoted(text, mask) + " from " + origin.text(mask) + ": " + reason.with(mask)
                + "; allowed is " + allowedPlain() + ".";
    }

    /** The end of a sentence about a value that is missing. */
    String howToSet() {
        String property = Sources.PREFIX + key;
        return "set init-param " + key + " of a filter, context-param " + property + ", " + property
                + " in MicroProfile Config or as a system property, or environment variable "
                + Sources.environmentName(property) + "; allowed is " + allowedPlain() + ".";
    }

    /** What is allowed, without Markdown's quotation. */
    String allowedPlain() {
        return allowed.replace("`", "");
    }
}
