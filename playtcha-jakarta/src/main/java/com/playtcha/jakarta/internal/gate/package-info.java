/**
 * The decision, independent of container and HTTP client: token shape, throttle window, bulkhead, breaker, policy and
 * fail-open budget, driven by clocks that tests can move. Internal: public only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.gate;

import org.jspecify.annotations.NullMarked;
