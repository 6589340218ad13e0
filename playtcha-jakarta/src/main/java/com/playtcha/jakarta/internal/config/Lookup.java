package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the keys of one guard or filter are looked up, the most specific level first. */
final class Lookup {
    private final List<Level> levels;
    private final Expander expander;

    /** Replaces expressions. */
    interface Expander {
        String expand(String text) throws Refused;
    }

    /**
     * One level.
     *
     * @param place of its keys
     * @param candidates by key, what is set there, the source that decides first
     * @param operators by key, what system property and environment say there
     */
    record Level(Place place, Function<String, List<Found>> candidates, Function<String, List<Found>> operators) {}

    private Lookup(List<Level> levels, Expander expander) {
        this.levels = List.copyOf(levels);
        this.expander = expander;
    }

    /** Values given in code: one level, no expressions. */
    static Lookup ofValues(Map<String, String> values) {
        Level level = new Level(Place.GUARD, key -> single(values.get(key), Origin.values()), key -> List.of());
        return new Lookup(List.of(level), text -> text);
    }

    /** The settings that have no guard's name. */
    static Lookup global(Sources sources) {
        return new Lookup(List.of(level(sources, Place.GLOBAL, Sources.PREFIX)), sources::expand);
    }

    /** A guard's settings; those of the default guard are the global ones. */
    static Lookup guard(Sources sources, String guard) {
        return global(sources).below(guardLevels(sources, guard));
    }

    /** A filter's settings: its init-params, then its guard's. */
    static Lookup filter(Sources sources, String filter, Map<String, String> initParams, String guard) {
        List<Level> above = new ArrayList<>();
        above.add(new Level(
                Place.INIT_PARAM, key -> single(initParams.get(key), Origin.initParam(filter, key)), key -> List.of()));
        above.addAll(guardLevels(sources, guard));
        return global(sources).below(above);
    }

    private static List<Level> guardLevels(Sources sources, String guard) {
        return guard.equals(GuardSettings.DEFAULT_NAME)
                ? List.of()
                : List.of(level(sources, Place.GUARD, Sources.PREFIX + "guards." + guard + "."));
    }

    private static Level level(Sources sources, Place place, String prefix) {
        return new Level(place, key -> sources.candidates(prefix + key), key -> sources.operators(prefix + key));
    }

    private static List<Found> single(@Nullable String text, Origin origin) {
        return text == null ? List.of() : List.of(new Found(text, origin));
    }

    private Lookup below(List<Level> above) {
        List<Level> all = new ArrayList<>(above);
        all.addAll(levels);
        return new Lookup(all, expander);
    }

    int levels() {
        return levels.size();
    }

    /** The value that decides, null where none is set; warns of what web.xml overrides. */
    @Nullable
    Found find(Setting<?> setting, Report report) {
        for (int level = 0; level < levels.size(); level++) {
            Found found = at(level, setting, report);
            if (found != null) {
                warnOfOverridden(setting, found, level, report);
                return found;
            }
        }
        return null;
    }

    /** The value at one level, null where none is set; its text is null where it cannot be read. */
    @Nullable
    Found at(int level, Setting<?> setting, Report report) {
        if (!applies(level, setting)) {
            return null;
        }
        for (Found candidate : levels.get(level).candidates().apply(setting.key())) {
            String written = candidate.text();
            if (written == null) {
                report.problem(
                        ProblemCode.SOURCE,
                        mask -> setting.key() + " cannot be read from "
                                + candidate.origin().text(mask) + ".");
                return candidate;
            }
            try {
                String text = value(setting, written);
                if (!text.isEmpty()) {
                    return new Found(text, candidate.origin());
                }
            } catch (Refused e) {
                report.problem(ProblemCode.EXPRESSION, setting.refusal(written, candidate.origin(), e));
                return new Found(null, candidate.origin());
            }
        }
        return null;
    }

    /** Warns of every differing system property or environment value that a value from web.xml hides. */
    void warnOfOverridden(Setting<?> setting, Found winner, int level, Report report) {
        String text = winner.text();
        if (text == null || !winner.origin().webXml()) {
            return;
        }
        for (Found hidden : operators(setting, level)) {
            String other = String.valueOf(hidden.text());
            if (!other.equals(text)) {
                report.warning(
                        ProblemCode.OVERRIDDEN,
                        mask -> hidden.origin().text(mask) + " = " + setting.quoted(other, mask)
                                + " is overridden by " + winner.origin().text(mask) + " = "
                                + setting.quoted(text, mask) + ".");
            }
        }
    }

    /** What system properties and environment variables say from a level on; never a null text. */
    List<Found> operators(Setting<?> setting, int fromLevel) {
        List<Found> found = new ArrayList<>();
        for (int level = fromLevel; level < levels.size(); level++) {
            if (applies(level, setting)) {
                for (Found candidate : levels.get(level).operators().apply(setting.key())) {
                    String text = readable(setting, String.valueOf(candidate.text()));
                    if (!text.isEmpty()) {
                        found.add(new Found(text, candidate.origin()));
                    }
                }
            }
        }
        return found;
    }

    private String readable(Setting<?> setting, String written) {
        try {
            return value(setting, written);
        } catch (Refused e) {
            return written;
        }
    }

    private String value(Setting<?> setting, String written) throws Refused {
        return setting.raw() ? written : expander.expand(written).strip();
    }

    private boolean applies(int level, Setting<?> setting) {
        return setting.places().contains(levels.get(level).place()) && (level == 0 || setting.inherited());
    }
}
