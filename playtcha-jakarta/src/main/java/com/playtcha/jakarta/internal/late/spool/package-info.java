/**
 * The spool (contract, section 7): what was acknowledged while the store was down lies here, one file each, until the
 * store returns.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.spool;

import org.jspecify.annotations.NullMarked;
