package com.playtcha.jakarta.internal.config;

import org.jspecify.annotations.Nullable;

/**
 * A value that is set.
 *
 * @param text the value; null where it is set but cannot be read (the problem is reported already)
 * @param origin where it came from
 */
record Found(@Nullable String text, Origin origin) {}
