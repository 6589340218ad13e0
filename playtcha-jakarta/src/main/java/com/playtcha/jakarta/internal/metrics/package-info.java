/**
 * The metrics of an application's guards and late results: their names, and where they come from. The APIs that publish
 * them have homes of their own.
 */
@NullMarked
package com.playtcha.jakarta.internal.metrics;

import org.jspecify.annotations.NullMarked;
