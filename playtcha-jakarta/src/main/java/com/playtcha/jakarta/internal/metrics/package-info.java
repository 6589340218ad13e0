/**
 * The metrics of an application's guards and late results: their names, where they come from, and what publishes them.
 * OpenTelemetry and Micrometer are used by one class each, which is loaded only where its API is.
 */
@NullMarked
package com.playtcha.jakarta.internal.metrics;

import org.jspecify.annotations.NullMarked;
