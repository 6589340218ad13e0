package com.playtcha.jakarta.internal.challenge;

import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request, and the request's attributes, as servlets, beans and REST know them. The defaults are those of a
 * caller of whom nothing is known.
 */
public interface Caller {
    /** The caller of a bean outside of a request. */
    Caller UNKNOWN = new Caller() {};

    default String method() {
        return "";
    }

    default String path() {
        return "";
    }

    /** Returns the address as the container reports it; no header is read for it. */
    default @Nullable String remoteAddress() {
        return null;
    }

    /** Returns the principal as the container reports it, which may be one for anonymous users. */
    default @Nullable Principal principal() {
        return null;
    }

    default boolean isInRole(String role) {
        return false;
    }

    /** Returns the value of a request attribute. */
    default @Nullable Object attribute(String name) {
        return null;
    }

    /** Sets a request attribute, or removes it with null; without a request it does nothing. */
    default void setAttribute(String name, @Nullable Object value) {}

    /** Returns the values of a parameter as the container parses it, which reads the body of a form. */
    default List<String> parameter(String name) {
        return List.of();
    }

    /** Returns a value that the session keeps; null where there is none, or no session. */
    default @Nullable Object sessionAttribute(String name) {
        return null;
    }

    /** Lets the session keep a value; returns false where there is no session, since none is created. */
    default boolean setSessionAttribute(String name, String value) {
        return false;
    }

    /** Returns the request of this type, or null. */
    default <T> @Nullable T unwrap(Class<T> type) {
        return null;
    }
}
