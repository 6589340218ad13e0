package com.playtcha.jakarta.late;

/**
 * Thrown by a {@link LateResultHandler} that will not succeed for an item however often it is called. The item becomes a
 * {@link LateState#DEAD_LETTER}: it is kept and counted, and called again only where an operator retries it.
 *
 * @since 0.1
 */
public final class GiveUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param reason stored with the item, for people; without token, result or key
     */
    public GiveUp(String reason) {
        super(reason);
    }

    /**
     * Creates an exception with a cause, which is logged.
     *
     * @param reason stored with the item, for people; without token, result or key
     * @param cause why the handler gives up
     */
    public GiveUp(String reason, Throwable cause) {
        super(reason, cause);
    }
}
