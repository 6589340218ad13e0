package com.playtcha.jakarta.late;

import java.util.Optional;

/**
 * What an application tells of the tasks that another service works on for it (contract, section 7). Thread-safe.
 *
 * @since 0.1
 */
public interface LateTasks {

    /**
     * Tracks a task, before or after its callback came. Tracking it again changes nothing. The record is made in a
     * transaction of its own, not in the caller's. While the store is down this throws, and the caller decides: a
     * callback is taken all the same, but nothing is polled for.
     *
     * @param id what the service calls the task, up to 200 characters
     * @return the item as it is now; {@link LateItem#state()} tells a callback that was faster
     * @throws IllegalArgumentException for an id that is blank or too long
     * @throws LateUnavailableException when nothing could record it
     */
    LateItem track(String id);

    /**
     * Looks an item up.
     *
     * @param id of a task or a late verdict
     * @return empty for one that is not known, or not any more
     * @throws LateUnavailableException when the store is down
     */
    Optional<LateItem> find(String id);
}
