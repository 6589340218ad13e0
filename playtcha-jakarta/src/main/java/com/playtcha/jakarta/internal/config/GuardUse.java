package com.playtcha.jakarta.internal.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A place in the application's code that needs a guard, such as {@code field com.example.SignUp.verifier}. */
public record GuardUse(String guard, String where) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GuardUse that && guard.equals(that.guard) && where.equals(that.where);
    }

    @Override
    public int hashCode() {
        return Objects.hash(guard, where);
    }
}
