package com.playtcha.jakarta.internal.config;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The effective values of a group of settings, checked and with every default filled in. Immutable; only a secret in a
 * file may change.
 */
public final class SettingValues {
    /** By key. */
    private final Map<String, Object> values;

    private final String description;

    SettingValues(Map<String, Object> values, String description) {
        this.values = values;
        this.description = description;
    }

    /** Returns a value; throws a {@link NullPointerException} for a setting of another group. */
    @SuppressWarnings("unchecked") // The parser of the setting made it.
    public <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(values.get(setting.key), setting.key);
    }

    /** Returns whether all values but that of one setting are equal. */
    boolean equalsExcept(Setting<?> ignored, SettingValues other) {
        return values.keySet().equals(other.values.keySet())
                && values.entrySet().stream()
                        .allMatch(entry -> entry.getKey().equals(ignored.key)
                                || entry.getValue().equals(other.values.get(entry.getKey())));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SettingValues that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns the values in one line for the log, without any secret. */
    @Override
    public String toString() {
        return description;
    }
}
