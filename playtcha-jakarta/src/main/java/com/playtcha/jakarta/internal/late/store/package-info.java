/**
 * The store's interface, and the text forms of what is stored or spooled.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.store;

import org.jspecify.annotations.NullMarked;
