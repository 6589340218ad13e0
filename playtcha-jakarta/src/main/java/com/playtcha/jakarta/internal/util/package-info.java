/** Small helpers that every package may use: log escaping and throttling, digests, ordered event delivery. Internal. */
@NullMarked
package com.playtcha.jakarta.internal.util;

import org.jspecify.annotations.NullMarked;
