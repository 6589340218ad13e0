package com.playtcha.jakarta.internal.gate;

/**
 * A project at Playtcha: base URL and secret. A secret in a file changes, so two of these are of one project if they
 * have the secret in common, or the file. The digests are safe to store, but not to be shown.
 *
 * @param digest of base URL and secret, at the time of a call
 * @param source of base URL and where the secret comes from; the same digest for a secret that is fixed
 */
public record Project(String digest, String source) {
    public boolean isSameAs(Project other) {
        return digest.equals(other.digest) || source.equals(other.source);
    }
}
