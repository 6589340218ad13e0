package com.playtcha.jakarta.internal.config;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The effective values of a group of settings, checked and with every default filled in. Immutable; only a secret in a
 * file may change.
 */
public final class SettingValues {
    private final @Nullable Object[] byRow;
    private final String description;

    SettingValues(@Nullable Object[] byRow, String description) {
        this.byRow = byRow.clone();
        this.description = description;
    }

    /** Returns a value; throws a {@link NullPointerException} for a setting of another group. */
    @SuppressWarnings("unchecked") // The reader fills each row with the result of its parser.
    public <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(byRow[setting.row], setting.key);
    }

    /** Returns the values in one line for the log, without any secret. */
    public String describe() {
        return description;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SettingValues that && Arrays.equals(byRow, that.byRow);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(byRow);
    }

    @Override
    public String toString() {
        return description;
    }
}
