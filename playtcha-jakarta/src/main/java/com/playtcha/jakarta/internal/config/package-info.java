/**
 * The settings: the table of keys, the sources, parsing and checking, and the immutable result, with one error for all
 * problems.
 */
@NullMarked
package com.playtcha.jakarta.internal.config;

import org.jspecify.annotations.NullMarked;
