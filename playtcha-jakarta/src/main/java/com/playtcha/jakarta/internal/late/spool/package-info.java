/**
 * The spool (contract, section 7): one file for each result or fail-open record that was acknowledged while the store was
 * down. It is drained when the store works again.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.spool;

import org.jspecify.annotations.NullMarked;
