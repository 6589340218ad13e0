/**
 * Where items are kept: the port of a store, the text forms of what it keeps, and a store in memory. Internal: public
 * only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.store;

import org.jspecify.annotations.NullMarked;
