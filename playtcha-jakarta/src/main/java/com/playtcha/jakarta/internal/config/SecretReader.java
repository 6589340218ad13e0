package com.playtcha.jakarta.internal.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads a secret that stands in a setting or in a file that another one names: the most specific level that has either
 * decides, one level has not both, and {@code off} hides what the levels below say.
 */
final class SecretReader {
    private final Setting<String> text;
    private final Setting<Path> file;
    private final ProblemCode twice;
    private final Lookup lookup;
    private final SecretFiles files;

    /**
     * What was found.
     *
     * @param source null where nothing usable is set
     * @param found what decided, perhaps an {@code off}; null where nothing did
     * @param setting of {@code found}
     * @param refused whether there is no source because of a problem, which is reported
     */
    record Choice(@Nullable SecretSource source, @Nullable Found found, Setting<?> setting, boolean refused) {
        /** Choices are looked at, not compared. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        /** Names neither secret nor file. */
        @Override
        public String toString() {
            return source == null ? "no secret" : source.toString();
        }
    }

    SecretReader(Setting<String> text, Setting<Path> file, ProblemCode twice, Lookup lookup, SecretFiles files) {
        this.text = text;
        this.file = file;
        this.twice = twice;
        this.lookup = lookup;
        this.files = files;
    }

    Choice read(Report report) {
        Found off = null;
        boolean fileOff = false;
        for (int level = 0; level < lookup.levels(); level++) {
            Found secret = lookup.at(level, text, report);
            Found named = lookup.at(level, file, report);
            off = off == null && isOff(secret) ? secret : off;
            fileOff |= isOff(named);
            hide(secret, report);
            lookup.operators(text, level).forEach(found -> hide(found, report));
            Found usableSecret = off != null ? null : secret;
            Found usableFile = fileOff ? null : named;
            if (usableSecret != null && usableFile != null) {
                report.problem(
                        twice,
                        mask -> text.key() + " (from " + usableSecret.origin().text(mask) + ") and " + file.key()
                                + " (from " + usableFile.origin().text(mask)
                                + ") are both set; remove one, or set it to off.");
                return new Choice(null, usableSecret, text, true);
            }
            if (usableSecret != null) {
                warnOfHidden(text, usableSecret, level, report);
                return choice(fixed(usableSecret, report), usableSecret, text);
            }
            if (usableFile != null) {
                warnOfHidden(file, usableFile, level, report);
                return choice(file(usableFile, report), usableFile, file);
            }
        }
        return new Choice(null, off, text, false);
    }

    private static Choice choice(@Nullable SecretSource source, Found found, Setting<?> setting) {
        return new Choice(source, found, setting, source == null);
    }

    static boolean isOff(@Nullable Found found) {
        String text = found == null ? null : found.text();
        return text != null && Parsers.isOff(text);
    }

    /** Keeps a secret out of every text. */
    static void hide(@Nullable Found secret, Report report) {
        String text = secret == null ? null : secret.text();
        if (text != null && !Parsers.isOff(text)) {
            report.secret(text);
        }
    }

    private void warnOfHidden(Setting<?> used, Found winner, int level, Report report) {
        lookup.warnOfOverridden(used, winner, level, report);
        Setting<?> other = used.equals(text) ? file : text;
        if (winner.origin().webXml()) {
            for (Found hidden : lookup.operators(other, level)) {
                if (!isOff(hidden)) {
                    report.warning(
                            ProblemCode.OVERRIDDEN,
                            mask -> hidden.origin().text(mask) + " = "
                                    + other.quoted(String.valueOf(hidden.text()), mask)
                                    + " is overridden by " + winner.origin().text(mask) + ".");
                }
            }
        }
    }

    private @Nullable SecretSource fixed(Found found, Report report) {
        String secret = found.text();
        if (secret == null) {
            return null;
        }
        try {
            SecretSource source = SecretSource.fixed(text.parser().parse(secret));
            if (text.raw() && secret.contains("${")) {
                report.warning(
                        ProblemCode.SECRET_EXPRESSION,
                        mask -> text.key() + " from " + found.origin().text(mask)
                                + " looks like an expression, but is taken as it is written.");
            }
            return source;
        } catch (Refused e) {
            report.problem(text.code(), text.refusal(secret, found.origin(), e));
            return null;
        }
    }

    private @Nullable SecretSource file(Found found, Report report) {
        String name = found.text();
        if (name == null) {
            return null;
        }
        try {
            SecretSource source = files.open(file, file.parser().parse(name));
            report.secret(source.current());
            return source;
        } catch (Refused e) {
            report.problem(file.code(), file.refusal(name, found.origin(), e));
            return null;
        }
    }
}
