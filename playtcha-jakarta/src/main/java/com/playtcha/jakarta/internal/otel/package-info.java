/**
 * Publishes metrics and spans by OpenTelemetry. The only home of its API.
 */
@NullMarked
package com.playtcha.jakarta.internal.otel;

import org.jspecify.annotations.NullMarked;
