/** The Jakarta REST filters behind the public package {@code rs}. */
@NullMarked
package com.playtcha.jakarta.internal.rs;

import org.jspecify.annotations.NullMarked;
