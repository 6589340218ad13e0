package com.playtcha.jakarta.internal.config;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Reports keys that no setting has, with the nearest valid name, and keys in the wrong place. */
final class KeyCheck {
    private KeyCheck() {}

    /**
     * Reports a key that is not valid in its place.
     *
     * @param origin where the key was found, the start of the sentence
     * @param written returns how a valid key is written there
     */
    static void check(
            String origin, String key, UnaryOperator<String> written, List<String> valid, ProblemReport report) {
        if (valid.contains(key)) {
            return;
        }
        String bare = key.replaceFirst("^guards\\.[^.]*\\.", "");
        Setting.ALL.stream()
                .filter(setting -> setting.key.equals(bare))
                .findFirst()
                .ifPresentOrElse(
                        misplaced -> report.problem("PLAYTCHA-0003: " + origin + " has no effect there; "
                                + misplaced.whereItBelongs(report.framework) + "."),
                        () -> report.problem("PLAYTCHA-0002: " + origin + " is unknown; the nearest valid name is "
                                + written.apply(nearest(key, valid)) + "."));
    }

    /** Returns the valid name with the fewest edits; the first of several. */
    private static String nearest(String unknown, List<String> valid) {
        String key = unknown.strip().toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("^playtcha\\.", "");
        return Collections.min(valid, Comparator.comparingInt(name -> edits(key, name)));
    }

    /** Returns the Levenshtein distance. */
    static int edits(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
