package com.playtcha.jakarta.gate;

/** One call to Playtcha, within one deadline. Implemented by the transport; thread-safe. */
public interface Upstream {

    /**
     * Asks Playtcha about one token, once: no retry, no redirect.
     *
     * @param token in visible ASCII
     * @return the answer, or why there is none; throws for a bug of our own only
     */
    Answer ask(String token);

    /**
     * What Playtcha's project is known by here: equal for two guards with the same base URL and secret at the time of
     * the call. An opaque digest, safe to keep, not to be shown.
     *
     * @return never null
     */
    String project();
}
