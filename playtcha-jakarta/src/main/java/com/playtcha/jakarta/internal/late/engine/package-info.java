/**
 * The engine of unfinished business: takes items in, polls for their results, hands those over, and tries
 * again. All its decisions run by a clock, and all that is outside comes in through ports. Internal: public only so
 * that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.engine;

import org.jspecify.annotations.NullMarked;
