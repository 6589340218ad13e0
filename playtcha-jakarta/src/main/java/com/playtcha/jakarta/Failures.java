package com.playtcha.jakarta;

import org.jspecify.annotations.Nullable;

/**
 * The failures that the setting {@code after-failures} counts, such as log-ins with a wrong password. The application
 * records them:
 *
 * <pre>{@code
 * if (passwordIsRight) {
 *     guards.failures().clear(request.getRemoteAddr(), name);
 * } else {
 *     guards.failures().record(request.getRemoteAddr(), name);
 * }
 * }</pre>
 *
 * <p>A failure counts for the address, and for the name where one is given, for the longest {@code failure-window} of the
 * application's guards. IPv6 addresses with the same first 64 bits count as one, because one visitor has them all. Of names
 * only digests are kept. Counts are in memory and of this node, unless the application has a {@link FailureCounter}.
 * Thread-safe.
 *
 * @since 0.1
 */
public interface Failures {

    /**
     * Records a failure.
     *
     * @param address the address that the container reports, {@code getRemoteAddr()}; null if it is not known
     * @param name the name with which the visitor tried to log in, which need not exist; null if there is none
     */
    void record(@Nullable String address, @Nullable String name);

    /**
     * Records a failure of an address.
     *
     * @param address the address that the container reports
     */
    default void record(String address) {
        record(address, null);
    }

    /**
     * Clears the failures of an address and a name, after a success.
     *
     * @param address the address that the container reports; null to keep those of addresses
     * @param name the name; null to keep those of names
     */
    void clear(@Nullable String address, @Nullable String name);

    /**
     * Clears the failures of an address.
     *
     * @param address the address that the container reports
     */
    default void clear(String address) {
        clear(address, null);
    }

    /**
     * Returns the number of failures that count for the address or for the name, whichever has more.
     *
     * @param address the address that the container reports; null if it is not known
     * @param name the name; null if there is none
     * @return the number; {@link Integer#MAX_VALUE} if it cannot be known, because neither address nor name is given or
     *     because more keys failed than are kept
     */
    int count(@Nullable String address, @Nullable String name);

    /**
     * Returns the number of failures of an address.
     *
     * @param address the address that the container reports
     * @return the number
     */
    default int count(String address) {
        return count(address, null);
    }
}
