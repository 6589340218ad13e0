/**
 * The dead-letter directory: what was acknowledged while the store was down waits here, one file each, until the store
 * returns. Internal: public only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.spool;

import org.jspecify.annotations.NullMarked;
