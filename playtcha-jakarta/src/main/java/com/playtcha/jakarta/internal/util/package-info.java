/** Small helpers that every package may use: logging, digests, event delivery, command lines. Internal. */
@NullMarked
package com.playtcha.jakarta.internal.util;

import org.jspecify.annotations.NullMarked;
