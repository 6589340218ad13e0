package com.playtcha.jakarta.internal.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A place in the application's code that makes settings required.
 *
 * @param guard the guard that it uses; null if it uses late results
 * @param where such as {@code field com.example.SignUp.verifier}
 */
public record CodeUse(@Nullable String guard, String where) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CodeUse that && Objects.equals(guard, that.guard) && where.equals(that.where);
    }

    @Override
    public int hashCode() {
        return Objects.hash(guard, where);
    }
}
